"""Operations: plan, apply, review, drift, import, snapshot, repair, push; one file for each thing a person does.

Each operation combines manifests, planning, applying, the service and state, and returns values or events. Nothing
here parses arguments, prints, prompts or exits: that is the command line's. `Workspace` is what all of them work with.
"""
