import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { seedOf } from "../support/keys";
import { byCreds, bySeed, answer, ask, Clients } from "../support/stack-clients";
import { freePorts } from "../support/stack-ports";
import {
  attempt,
  blocksOf,
  copyDriver,
  DrivenStack,
  GeneratedPackages,
  succeed,
  writeProjectFile,
  type Updated,
} from "./generated-packages";

/** Downloads and compilers take minutes where nothing is cached. */
const TIMEOUT = 1_200_000;

const PULUMI = "3.259.0";

/** Another component in Java, whose output is unknown at the first preview. */
const OTHER = `    static class Other extends ComponentResource {
        @Export(name = "systemAccount", refs = {String.class}, tree = "[0]")
        Output<String> systemAccount;

        Other() {
            super("nats-auth:index:Configuration", "other", args(), ComponentResourceOptions.Empty, true);
        }

        private static ClusterArgs args() {
            var args = new ClusterArgs();
            args.accounts = Output.of(Map.of("O", Map.of("users", Map.of("u", Map.of()))));
            return args;
        }
    }

    /** The component of the plugin. */`;

describe("programs in other languages", function () {
  this.timeout(TIMEOUT);
  const packages = new GeneratedPackages();
  let config: Record<string, string>;

  before("packages", async () => {
    await packages.generate();
    const [staticPort, staticClusterPort, operatorPort, operatorClusterPort] = await freePorts(4);
    const ports = { staticPort, staticClusterPort, operatorPort, operatorClusterPort };
    config = {
      target: "process",
      ...Object.fromEntries(Object.entries(ports).map(([key, port]) => [key, String(port)])),
    };
  });

  after(() => {
    packages.remove();
  });

  /** The mixed-auth example on the real engine: an exchange, an update without changes, and what remains of it. */
  function deploys(project: string, stackOf: () => DrivenStack): void {
    describe("and run on the engine", () => {
      const clients = new Clients();
      let stack: DrivenStack;
      let updated: Updated;

      before("an update", async () => {
        stack = stackOf();
        updated = await stack.up();
      });
      after("no server is left", () => stack.servers.clear());

      it("should carry a request between the servers", async () => {
        const { outputs } = updated;
        const names = ["clientUrls", "seeds", "creds"];
        assert.deepEqual(
          names.map((name) => outputs[name]?.secret),
          [false, true, true],
        );
        const [urls = {}, seeds = {}, creds = {}] = names.map((name) => outputs[name]?.value as Record<string, string>);
        const { "A/test": seed } = seeds;
        const { "B/test": text } = creds;
        const responder = await clients.connect(urls.static ?? "", bySeed(seed));
        const requestor = await clients.connect(urls.operator ?? "", byCreds(text));
        await answer(responder, "test", "hello");
        assert.equal((await ask(requestor, "test", "?")).string(), "hello");
        for (const shown of [stack.state(project), stack.transcript]) {
          assert.ok(seed !== undefined && text !== undefined && !shown.includes(seed) && !shown.includes(text));
        }
      });

      it("should change nothing at the next update", async () => {
        assert.deepEqual(Object.keys((await stack.up()).changes), ["same"]);
      });

      it("should leave nothing when it is destroyed", async () => {
        await clients.close();
        await stack.destroy();
        assert.deepEqual(await stack.servers.belongings(), []);
      });
    });
  }

  describe("in Python", () => {
    const python = () => join(packages.folder, "venv/bin/python");
    let folder: string;

    before("an environment with the generated package", async () => {
      folder = packages.project("python", "python", "python");
      await succeed("python3", ["-m", "venv", join(packages.folder, "venv")], folder);
      await succeed(python(), ["-m", "pip", "install", "-q", `pulumi==${PULUMI}`, "mypy", "./sdks/nats-auth"], folder);
      copyDriver("run.py", folder);
    });

    it("should accept the types of the example and of the page", async () => {
      blocksOf("docs/languages/python.md", "python").forEach((code, index) => {
        writeProjectFile(folder, `page_${index + 1}.py`, code);
      });
      await succeed(python(), ["-m", "mypy", "__main__.py"], folder);
      for (const page of ["page_1.py", "page_2.py"]) {
        await succeed(python(), ["-m", "mypy", page], folder);
      }
    });

    it("should run the program of the page that has no generated package", async () => {
      const [, code = ""] = blocksOf("docs/languages/python.md", "python");
      const ports = ["static", "operator"].map((name) => {
        const [client = "", cluster = ""] = [config[`${name}Port`], config[`${name}ClusterPort`]];
        return `"${name}Server": {"clientPort": ${client}, "clusterPort": ${cluster}}, `;
      });
      writeProjectFile(
        folder,
        "page.py",
        code.replace('{"accounts":', `{"target": "process", ${ports.join("")}"accounts":`),
      );
      const stack = new DrivenStack(folder, (command, env) =>
        attempt(python(), ["run.py", folder, "dev", command, "{}", "page.py"], folder, env),
      );
      const { outputs } = await stack.up();
      await stack.destroy();
      assert.deepEqual(Object.keys(outputs.urls?.value ?? {}).sort(), ["operator", "static"]);
      assert.deepEqual(await stack.servers.belongings(), []);
    });

    it("should reject wrong types", async () => {
      const wrong = [
        'nats_auth.Cluster("nats", accounts={"A": {"users": {"u": {"permission": {}}}}})',
        'nats_auth.Cluster("nats", accounts={}, static_server={"client_port": "x"})',
        'nats_auth.Cluster("nats", accounts=5)',
        "nats_auth.Cluster()",
      ];
      for (const [index, line] of wrong.entries()) {
        writeProjectFile(folder, `wrong_${index}.py`, `import pulumi_nats_auth as nats_auth\n\n${line}\n`);
        const { code, output } = await attempt(python(), ["-m", "mypy", `wrong_${index}.py`], folder);
        assert.notEqual(code, 0, line);
        assert.match(output, /error:/, line);
      }
    });

    deploys("python-example", () => {
      return new DrivenStack(folder, (command, env) =>
        attempt(python(), ["run.py", folder, "dev", command, JSON.stringify(config), "__main__.py"], folder, env),
      );
    });
  });

  describe("in Go", () => {
    const env = { GOFLAGS: "-mod=mod", GOWORK: "off", CGO_ENABLED: "0" };
    let folder: string;

    before("a module with the generated package", async () => {
      folder = packages.project("go", "go", "go");
      copyDriver("run_test.go", folder);
      await succeed("go", ["mod", "tidy"], folder, env);
    });

    it("should compile the generated package and the example", async () => {
      await succeed("go", ["vet", "./..."], folder, env);
      await succeed("go", ["build", "-o", "/dev/null", "."], folder, env);
    });

    it("should compile the programs of the page", async () => {
      for (const [index, code] of blocksOf("docs/languages/go.md", "go").entries()) {
        const name = `page${index + 1}`;
        writeProjectFile(folder, `${name}/main.go`, code);
        await succeed("go", ["vet", `./${name}`], folder, env);
      }
    });

    deploys("go-example", () => {
      return new DrivenStack(folder, async (command, variables) => {
        const args = ["test", "-count=1", "-timeout", "10m", "-v", "-run", "TestProgram", "."];
        const settings = { STACK: "dev", COMMAND: command, CONFIG: JSON.stringify(config) };
        return attempt("go", args, folder, { ...env, ...variables, ...settings });
      });
    });
  });

  describe("in Java, without one", () => {
    let folder: string;
    let classpath: string;

    before("a compiled project", async function () {
      folder = packages.project("java", "java");
      if ((await attempt("mvn", ["--version"], folder)).code !== 0) {
        this.skip();
      }
      const goals = ["compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt"];
      await succeed("mvn", ["-q", "-B", ...goals], folder);
      classpath = `target/classes:${readFileSync(join(folder, "classpath.txt"), "utf8").trim()}`;
      copyDriver("Run.java", folder);
      await succeed("javac", ["-d", "target/classes", "-cp", classpath, "Run.java"], folder);
      // The SDK rejects settings other than its own, without the plugin. The engine finds that on PATH.
      rmSync(join(folder, "Pulumi.yaml"));
    });

    it("should compile the program of the page", async () => {
      const [code = ""] = blocksOf("docs/languages/java.md", "java");
      writeProjectFile(folder, "page/app/App.java", code);
      await succeed("javac", ["-d", "page", "-cp", classpath, "page/app/App.java"], folder);
    });

    /** Returns a stack of the compiled program. @param classes the folder of its classes, if they are elsewhere */
    function stackOf(classes?: string): DrivenStack {
      return new DrivenStack(folder, (command, env) => {
        const path = `${join(folder, "node_modules/pulumi-nats-auth")}:${env.PATH ?? ""}`;
        const classpaths = [...(classes === undefined ? [] : [classes]), classpath].join(":");
        const args = ["-cp", classpaths, "app.Run", "dev", command, JSON.stringify(config)];
        return attempt("java", args, folder, { ...env, PATH: path });
      });
    }

    deploys("java-example", () => stackOf());

    it("should accept secrets and outputs of other resources inside of arguments", async () => {
      const seed = seedOf("user", "java");
      const code = readFileSync(join(folder, "src/main/java/app/App.java"), "utf8")
        .replace(
          '"users", Map.of("test", Map.of()))));',
          `"users", Map.of("test", Map.of("seed", Output.ofSecret("${seed}"))))));`,
        )
        .replace("args.operator = Output.of(", "var other = new Other();\n        args.operator = Output.of(")
        .replace('Map.of("name", "SYS",', 'Map.of("name", "SYS", "description", other.systemAccount,')
        .replace("    /** The component of the plugin. */", OTHER);
      assert.ok(code.includes(seed) && code.includes("other.systemAccount") && code.includes("class Other"));
      writeProjectFile(folder, "nested/app/App.java", code);
      await succeed("javac", ["-d", "nested", "-cp", classpath, "nested/app/App.java"], folder);
      const stack = stackOf("nested");
      try {
        const { outputs } = await stack.up();
        const seeds = outputs.seeds?.value as Record<string, string> | undefined;
        assert.equal(seeds?.["B/test"], seed);
        assert.ok(!stack.state("java-example").includes(seed) && !stack.transcript.includes(seed));
        assert.deepEqual(Object.keys((await stack.up()).changes), ["same"]);
        await stack.destroy();
      } finally {
        await stack.servers.clear();
      }
    });
  });
});
