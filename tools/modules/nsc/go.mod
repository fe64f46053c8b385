module nsc

go 1.24.0

require github.com/nats-io/nsc/v2 v2.12.0
