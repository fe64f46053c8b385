import assert from "node:assert/strict";
import { join } from "node:path";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, TEAM, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { problemsIn, YamlProject } from "../support/yaml-project";

describe("an account of another stack, whose program is in YAML like that of the platform", function () {
  this.timeout(STEP_TIMEOUT);
  const team = testStack(TEAM);
  const platform = testStack(DECLARED, { beside: team });
  const ofTeam = new YamlProject(join(team.folder, "yaml"), TEAM.project);
  const ofPlatform = new YamlProject(join(platform.folder, "yaml"), DECLARED.project);
  const clients = new Clients();
  const paid = { subject: "billing.paid.>", type: "stream" };

  async function writeTeam(users: object): Promise<void> {
    const accounts = { billing: { exports: [paid], users, outputReference: true } };
    await ofTeam.write("nats-auth:Configuration", { accounts }, ["references", "seeds", "creds", "jwts"]);
  }

  /** Writes the program of the platform. @param viewers the users of its own account */
  async function writePlatform(viewers: object, account = "billing"): Promise<void> {
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = platform.ports;
    const args = {
      target: "process",
      accounts: {
        billing: { reference: `\${team.outputs["references"]["${account}"]}` },
        viewers: { imports: [{ account: "billing", ...paid }], users: viewers },
      },
      staticServer: { clientPort: staticPort, clusterPort: staticClusterPort },
      operatorServer: { clientPort: operatorPort, clusterPort: operatorClusterPort },
    };
    const name = `organization/${TEAM.project}/${team.name}`;
    const resources = { team: { type: "pulumi:pulumi:StackReference", properties: { name } } };
    await ofPlatform.write("nats-auth:Cluster", args, ["clientUrls", "seeds", "creds", "checked"], { resources });
  }

  const outputsOf = async (stack: typeof team) =>
    (await stack.outputs()) as StackOutputs & { readonly checked: string };

  before("both stacks", async () => {
    await ofTeam.create();
    await ofPlatform.create();
    team.runProject(ofTeam.folder);
    platform.runProject(ofPlatform.folder);
    await writeTeam({ clerk: {} });
    succeeded(await team.up());
    await writePlatform({ viewer: {} });
    succeeded(await platform.up());
  });

  it("should deliver its stream to an account of the platform, on both servers", async () => {
    const [{ seeds, creds }, { clientUrls, ...own }] = [await outputsOf(team), await outputsOf(platform)];
    const clerk = await clients.connect(clientUrls.static, bySeed(seeds["billing/clerk"]));
    const viewer = await clients.connect(clientUrls.operator, byCreds(own.creds["viewers/viewer"]));
    await crosses(clerk, viewer, "billing.paid.7");
    const other = await clients.connect(clientUrls.operator, byCreds(creds["billing/clerk"]));
    await crosses(
      other,
      await clients.connect(clientUrls.static, bySeed(own.seeds["viewers/viewer"])),
      "billing.paid.8",
    );
    assert.match(succeeded(await platform.up()).output, /\n\s+\d+ unchanged\n/);
  });

  it("should have its new users after an update of both stacks", async () => {
    await writeTeam({ clerk: {}, auditor: {} });
    succeeded(await team.up());
    succeeded(await platform.up());
    const { creds } = await outputsOf(team);
    await clients.connect((await outputsOf(platform)).clientUrls.operator, byCreds(creds["billing/auditor"]));
  });

  it("should be reported when the other stack has no such reference", async () => {
    await writePlatform({ viewer: {} }, "biling");
    const { output } = failed(await platform.preview());
    assert.deepEqual(problemsIn(output), ["NA4100 accounts.billing.reference"], output);
    await writePlatform({ viewer: {} });
  });

  it("should keep its secrets out of the state of the platform", async () => {
    const { seeds, creds } = await outputsOf(team);
    const state = await platform.rawState();
    assert.ok(state.includes("billing.paid.>"));
    const secrets = [
      ...Object.values(seeds),
      ...Object.values(creds).flatMap((text) => text.match(/S[U][A-Z2-7]{56}|eyJ\S+/g) ?? []),
    ];
    assert.ok(secrets.length >= 6 && !secrets.some((secret) => state.includes(secret)), "a secret is shown");
  });
});
