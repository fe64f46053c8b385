package app;

import com.pulumi.Context;
import com.pulumi.Pulumi;
import com.pulumi.core.Output;
import com.pulumi.core.annotations.Export;
import com.pulumi.core.annotations.Import;
import com.pulumi.resources.ComponentResource;
import com.pulumi.resources.ComponentResourceOptions;
import com.pulumi.resources.ResourceArgs;
import java.util.List;
import java.util.Map;

/** A NATS cluster of one static (nkey) and one operator-mode (JWT) server, from one model. */
public class App {
    public static void main(String[] args) {
        Pulumi.run(App::program);
    }

    static void program(Context context) {
        var config = context.config();
        var args = new ClusterArgs();
        // The operator signs the accounts. The servers publish their events in its system account.
        args.operator = Output.of(Map.of(
            "name", "KO",
            "systemAccount", Map.of("name", "SYS", "users", Map.of("sys", Map.of()))));
        args.accounts = Output.of(Map.of(
            // Account A exports the service `test`, and measures the latency of each request.
            "A", Map.of(
                "exports", List.of(Map.of(
                    "subject", "test",
                    "type", "service",
                    "latency", Map.of("sampling", 100, "results", "latency.on.test"))),
                "users", Map.of("test", Map.of("permissions", Map.of(
                    "publish", Map.of("allow", List.of("_INBOX.>", "_R_", "_R_.>", "test", "test.>")),
                    "subscribe", Map.of("allow",
                        List.of("_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>")))))),
            // Account B imports the service. `account` is a name in `accounts`, in any order.
            "B", Map.of(
                "imports", List.of(Map.of("account", "A", "subject", "test", "type", "service")),
                "users", Map.of("test", Map.of()))));
        // Where the servers run: docker (containers) or process (processes of this machine).
        args.target = Output.of(config.get("target").orElse("docker"));
        args.image = Output.of(config.get("image").orElse("nats:2.15.2"));
        args.staticServer = Output.of(Map.of(
            "clientPort", config.getInteger("staticPort").orElse(4222),
            "clusterPort", config.getInteger("staticClusterPort").orElse(6222)));
        args.operatorServer = Output.of(Map.of(
            "clientPort", config.getInteger("operatorPort").orElse(4223),
            "clusterPort", config.getInteger("operatorClusterPort").orElse(6223)));
        var nats = new Cluster("nats", args);
        // Clients log in to the static server with a seed, to the operator server with creds.
        context.export("clientUrls", nats.clientUrls);
        context.export("seeds", nats.seeds);
        context.export("creds", nats.creds);
        context.export("checked", nats.checked);
    }

    static class ClusterArgs extends ResourceArgs {
        @Import(name = "accounts", required = true)
        Output<Map<String, Object>> accounts;

        @Import(name = "operator")
        Output<Map<String, Object>> operator;

        @Import(name = "target")
        Output<String> target;

        @Import(name = "image")
        Output<String> image;

        @Import(name = "staticServer")
        Output<Map<String, Object>> staticServer;

        @Import(name = "operatorServer")
        Output<Map<String, Object>> operatorServer;
    }

    /** The component of the plugin. */
    static class Cluster extends ComponentResource {
        @Export(name = "clientUrls", refs = {Map.class, String.class}, tree = "[0,1,1]")
        Output<Map<String, String>> clientUrls;

        @Export(name = "seeds", refs = {Map.class, String.class}, tree = "[0,1,1]")
        Output<Map<String, String>> seeds;

        @Export(name = "creds", refs = {Map.class, String.class}, tree = "[0,1,1]")
        Output<Map<String, String>> creds;

        @Export(name = "checked", refs = {String.class}, tree = "[0]")
        Output<String> checked;

        Cluster(String name, ClusterArgs args) {
            super("nats-auth:index:Cluster", name, args, ComponentResourceOptions.Empty, true);
        }
    }
}
