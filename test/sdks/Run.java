package app;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import com.pulumi.automation.AutomationException;
import com.pulumi.automation.ConfigValue;
import com.pulumi.automation.LocalWorkspace;
import com.pulumi.automation.LocalWorkspaceOptions;
import com.pulumi.automation.WorkspaceStack;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs a command on the stack of the program, on the real engine. The program runs in this process. */
public class Run {
    public static void main(String[] args) throws Exception {
        var options = LocalWorkspaceOptions.builder().workDir(Path.of(".")).build();
        try (var stack = LocalWorkspace.createOrSelectStack("java-example", args[0], App::program, options)) {
            Map<?, ?> config = new Gson().fromJson(args[2], Map.class);
            for (var entry : config.entrySet()) {
                stack.setConfig(entry.getKey().toString(), new ConfigValue(entry.getValue().toString()));
            }
            if (args[1].equals("destroy")) {
                System.err.println(stack.destroy().standardOutput());
            } else {
                up(stack);
                var outputs = outputs(args[0]);
                var changes = new HashMap<String, Integer>();
                stack.preview().changeSummary().forEach((type, count) -> changes.put(type.toString().toLowerCase(), count));
                System.out.println(new Gson().toJson(Map.of("outputs", outputs, "changes", changes)));
            }
        }
        // Threads of the SDK would keep the process.
        System.exit(0);
    }

    private static void up(WorkspaceStack stack) throws Exception {
        try {
            System.err.println(stack.up().standardOutput());
        } catch (AutomationException e) {
            // After the update, this version of the SDK fails to read outputs that are not strings.
            if (!(e.getCause() instanceof JsonSyntaxException)) {
                throw e;
            }
        }
    }

    private static Map<String, Object> outputs(String stack) throws Exception {
        Map<?, ?> shown = read("stack", "output", "--json", "--stack", stack);
        Map<?, ?> values = read("stack", "output", "--json", "--show-secrets", "--stack", stack);
        var outputs = new HashMap<String, Object>();
        values.forEach((name, value) ->
            outputs.put(name.toString(), Map.of("value", value, "secret", "[secret]".equals(shown.get(name)))));
        return outputs;
    }

    private static Map<?, ?> read(String... args) throws Exception {
        var command = new java.util.ArrayList<>(java.util.List.of("pulumi", "--non-interactive"));
        command.addAll(java.util.List.of(args));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new Gson().fromJson(new String(process.getInputStream().readAllBytes()), Map.class);
    }
}
