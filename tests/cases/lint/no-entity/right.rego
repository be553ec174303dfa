package acme.connector

deny["a connector needs an owner"] {
	not input.entity.tags.owner
	not input.metadata.userGroups
}
