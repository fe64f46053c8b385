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
		Operator: &natsauth.OperatorArgs{
			Name: pulumi.String("KO"),
			SystemAccount: &natsauth.SystemAccountArgs{
				Name:  pulumi.StringRef("SYS"),
				Users: map[string]natsauth.UserArgs{"sys": {}},
			},
		},
		Accounts: map[string]natsauth.AccountArgs{
			// Account A exports the service `test`, and measures the latency of each request.
			"A": {
				Exports: []natsauth.ExportArgs{{
					Subject: pulumi.String("test"),
					Type:    pulumi.String("service"),
					Latency: natsauth.ServiceLatencyArgs{
						Sampling: pulumi.Float64(100),
						Results:  pulumi.String("latency.on.test"),
					},
				}},
				Users: map[string]natsauth.UserArgs{"test": {Permissions: natsauth.PermissionsArgs{
					Publish:   allow("_INBOX.>", "_R_", "_R_.>", "test", "test.>"),
					Subscribe: allow("_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"),
				}}},
			},
			// Account B imports the service. `Account` is a name in `Accounts`, in any order.
			"B": {
				Imports: []natsauth.ImportArgs{{
					Account: pulumi.String("A"),
					Subject: pulumi.String("test"),
					Type:    pulumi.String("service"),
				}},
				Users: map[string]natsauth.UserArgs{"test": {}},
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

func allow(subjects ...string) natsauth.SubjectPermissionsPtrInput {
	return natsauth.SubjectPermissionsArgs{Allow: pulumi.ToStringArray(subjects)}
}

// Returns a setting of the stack, or its default.
func text(settings *config.Config, key, initial string) string {
	if value := settings.Get(key); value != "" {
		return value
	}
	return initial
}

// Returns the ports of a server. The default ports for routes are 2000 above those for clients.
func server(settings *config.Config, name string, clientPort int) *natsauth.ServerArgs {
	port := func(key string, initial int) pulumi.Float64 {
		if value := settings.GetInt(key); value != 0 {
			return pulumi.Float64(value)
		}
		return pulumi.Float64(initial)
	}
	return &natsauth.ServerArgs{
		ClientPort:  port(name+"Port", clientPort),
		ClusterPort: port(name+"ClusterPort", clientPort+2000),
	}
}
