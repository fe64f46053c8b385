// A NATS cluster of one static (nkey) and one operator-mode (JWT) server, from one model.
package main

import (
	natsauth "github.com/pulumi-nats-auth/pulumi-nats-auth/sdk/go/natsauth"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(program)
}

func program(ctx *pulumi.Context) error {
	settings := config.New(ctx, "")
	nats, err := natsauth.NewCluster(ctx, "nats", &natsauth.ClusterArgs{
		// The operator signs the accounts. The servers publish their events in its system account.
		Operator: &natsauth.OperatorDataArgs{
			Name: pulumi.String("KO"),
			SystemAccount: &natsauth.SystemAccountDataArgs{
				Name:  pulumi.StringRef("SYS"),
				Users: map[string]natsauth.UserArgsArgs{"sys": {}},
			},
		},
		Accounts: map[string]natsauth.AccountDataArgs{
			// Account A exports the service `test`, and measures the latency of each request.
			"A": {
				Exports: []natsauth.ExportDataArgs{{
					Subject: pulumi.String("test"),
					Type:    pulumi.String("service"),
					Latency: natsauth.ServiceLatencyArgs{
						Sampling: pulumi.Float64(100),
						Results:  pulumi.String("latency.on.test"),
					},
				}},
				Users: map[string]natsauth.UserArgsArgs{"test": {Permissions: natsauth.PermissionsArgs{
					Publish: allow("_INBOX.>", "_R_", "_R_.>", "test", "test.>"),
					Subscribe: allow("_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"),
				}}},
			},
			// Account B imports the service. `Account` is a name in `Accounts`, in any order.
			"B": {
				Imports: []natsauth.ImportDataArgs{{
					Account: pulumi.String("A"),
					Subject: pulumi.String("test"),
					Type:    pulumi.String("service"),
				}},
				Users: map[string]natsauth.UserArgsArgs{"test": {}},
			},
		},
		// Where the servers run: docker (containers) or process (processes of this machine).
		Target:         text(settings, "target", "docker"),
		Image:          pulumi.String(text(settings, "image", "nats:2.15.2")),
		StaticServer:   server(settings, "static", 4222),
		OperatorServer: server(settings, "operator", 4223),
	})
	if err != nil {
		return err
	}
	// Clients log in to the static server with a seed, to the operator server with creds.
	ctx.Export("clientUrls", nats.ClientUrls)
	ctx.Export("seeds", nats.Seeds)
	ctx.Export("creds", nats.Creds)
	ctx.Export("checked", nats.Checked)
	return nil
}
