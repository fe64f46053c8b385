"""A NATS cluster of one static (nkey) and one operator-mode (JWT) server, from one model."""

import pulumi

OUTPUTS = ["clientUrls", "creds", "seeds", "checked"]


class Cluster(pulumi.ComponentResource):
    """The component of pulumi-nats-auth, with the argument names of its documentation. No package needs to be generated for it."""

    def __init__(self, name: str, args: dict, opts: pulumi.ResourceOptions | None = None):
        props = {**args, **{output: None for output in OUTPUTS if output not in args}}
        super().__init__("nats-auth:index:Cluster", name, props, opts, remote=True)


cluster = Cluster(
    "nats",
    {
        "operator": {"name": "KO", "systemAccount": {"name": "SYS", "users": {"sys": {}}}},
        "accounts": {
            "A": {
                "exports": [{"subject": "test", "type": "service"}],
                "users": {
                    "test": {
                        "permissions": {
                            "publish": {"allow": ["_INBOX.>", "_R_.>", "test"]},
                            "subscribe": {"allow": ["_INBOX.>", "test"]},
                        }
                    }
                },
            },
            "B": {
                "imports": [{"account": "A", "subject": "test", "type": "service"}],
                "users": {"test": {}},
            },
        },
        "target": "process",
    },
)

for output in OUTPUTS:
    pulumi.export(output, getattr(cluster, output))
