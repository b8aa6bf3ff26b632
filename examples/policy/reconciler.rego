# What this organisation allows a plan to do beyond the program's own limits. Ask for `data.reconciler.deny`:
#   reconciler plan --format json > plan.json
#   opa eval --fail-defined --data reconciler.rego --input plan.json 'data.reconciler.deny[_]'
package reconciler

import rego.v1

# No change by a plan that could not read everything.
deny contains "Something could not be read: plan again." if input.errored

# A plan from a snapshot is for reading.
deny contains "The plan was made from a snapshot." if input.observed_from == "snapshot"

# Whoever loosens a guard does so in a change of its own.
deny contains message if {
	some notice in input.notices
	notice.code == "guard_loosened"
	count(input.changes) > 0
	message := sprintf("%s is loosened by the change that needs it: do that in a change of its own.", [notice.subject])
}

# No single change adds more than a hundred seats.
deny contains message if {
	some change in input.changes
	added := change.after.quantity - change.before.quantity
	added > 100
	message := sprintf("%s adds %d seats; more than 100 need a call first.", [change.address, added])
}

# Users move along, or somebody has agreed to move them by hand.
deny contains message if {
	some change in input.changes
	change.action == "upgrade"
	change.request.type != "upgrade_with_license_transfer"
	message := sprintf("%s leaves its users to be assigned by hand.", [change.address])
}
