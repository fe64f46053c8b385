module go-example

go 1.25

require (
	github.com/pulumi-nats-auth/pulumi-nats-auth/sdk/go v0.1.0
	github.com/pulumi/pulumi/sdk/v3 v3.259.0
)

replace github.com/pulumi-nats-auth/pulumi-nats-auth/sdk/go => ./sdks/nats-auth
