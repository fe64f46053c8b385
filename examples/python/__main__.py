"""A NATS cluster of one static (nkey) and one operator-mode (JWT) server, from one model."""

import pulumi
import pulumi_nats_auth as nats_auth

config = pulumi.Config()

nats = nats_auth.Cluster(
    "nats",
    # The operator signs the accounts. The servers publish their events in its system account.
    operator={"name": "KO", "system_account": {"name": "SYS", "users": {"sys": {}}}},
    accounts={
        # Account A exports the service `test`, and measures the latency of each request.
        "A": {
            "exports": [
                {
                    "subject": "test",
                    "type": "service",
                    "latency": {"sampling": 100, "results": "latency.on.test"},
                }
            ],
            "users": {
                "test": {
                    "permissions": {
                        "publish": {"allow": ["_INBOX.>", "_R_", "_R_.>", "test", "test.>"]},
                        "subscribe": {
                            "allow": ["_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"]
                        },
                    }
                }
            },
        },
        # Account B imports the service. `account` is a name in `accounts`, in any order.
        "B": {
            "imports": [{"account": "A", "subject": "test", "type": "service"}],
            "users": {"test": {}},
        },
    },
    # Where the servers run: docker (containers) or process (processes of this machine).
    target=config.get("target") or "docker",
    image=config.get("image") or "nats:2.15.2",
    static_server={
        "client_port": config.get_int("staticPort") or 4222,
        "cluster_port": config.get_int("staticClusterPort") or 6222,
    },
    operator_server={
        "client_port": config.get_int("operatorPort") or 4223,
        "cluster_port": config.get_int("operatorClusterPort") or 6223,
    },
)

# Clients log in to the static server with a seed, to the operator server with creds.
pulumi.export("clientUrls", nats.client_urls)
pulumi.export("seeds", nats.seeds)
pulumi.export("creds", nats.creds)
pulumi.export("checked", nats.checked)
