"""The estate as people write it: YAML manifests, the offer catalogue and the settings, read into the program's words,
and written from live subscriptions.

Promises that one reading reports every problem of every file, each with file, line, column and a remedy; that time and
memory stay bounded whatever the files hold; that nothing outside the estate's directory is opened; and that what is
written reads back as it was meant, whatever the service called its things. Never writes a file, never asks the network,
never guesses what a manifest meant.
"""
