// A NATS cluster of one static (nkey) and one operator-mode (JWT) server, from one model.
package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Cluster is the component of pulumi-nats-auth. No package needs to be generated for it.
type Cluster struct {
	pulumi.ResourceState

	ClientUrls pulumi.StringMapOutput `pulumi:"clientUrls"`
	Creds      pulumi.StringMapOutput `pulumi:"creds"`
	Seeds      pulumi.StringMapOutput `pulumi:"seeds"`
	Checked    pulumi.StringOutput    `pulumi:"checked"`
}

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		var cluster Cluster
		err := ctx.RegisterRemoteComponentResource("nats-auth:index:Cluster", "nats", pulumi.Map{
			"operator": pulumi.Map{
				"name":          pulumi.String("KO"),
				"systemAccount": pulumi.Map{"users": pulumi.Map{"sys": pulumi.Map{}}},
			},
			"accounts": pulumi.Map{
				"A": pulumi.Map{
					"exports": pulumi.Array{pulumi.Map{"subject": pulumi.String("test"), "type": pulumi.String("service")}},
					"users": pulumi.Map{"test": pulumi.Map{"permissions": pulumi.Map{
						"publish":   pulumi.Map{"allow": pulumi.ToStringArray([]string{"_INBOX.>", "_R_.>", "test"})},
						"subscribe": pulumi.Map{"allow": pulumi.ToStringArray([]string{"_INBOX.>", "test"})},
					}}},
				},
				"B": pulumi.Map{
					"imports": pulumi.Array{pulumi.Map{
						"account": pulumi.String("A"),
						"subject": pulumi.String("test"),
						"type":    pulumi.String("service"),
					}},
					"users": pulumi.Map{"test": pulumi.Map{}},
				},
			},
			"target": pulumi.String("process"),
		}, &cluster)
		if err != nil {
			return err
		}
		ctx.Export("clientUrls", cluster.ClientUrls)
		ctx.Export("creds", cluster.Creds)
		ctx.Export("seeds", cluster.Seeds)
		ctx.Export("checked", cluster.Checked)
		return nil
	})
}
