import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import type { AccountSettings } from "pulumi-nats-auth";
import {
  BILLING,
  BILLING_REFERENCE,
  failed,
  PLATFORM,
  STEP_TIMEOUT,
  succeeded,
  TEAM,
  testStack,
  type TestStack,
} from "../support/stack";
import { byCreds, bySeed, Clients, crosses, refuses } from "../support/stack-clients";

/** Outputs of a team's stack. */
interface TeamOutputs {
  readonly seeds: Record<string, string>;
  readonly creds: Record<string, string>;
  /** The creds of each set, by user. */
  readonly credsOfSets?: readonly Record<string, string>[];
}

/** Outputs of the platform's stack. */
interface PlatformOutputs {
  readonly clientUrls: Record<"static" | "operator", string>;
  readonly checked: string;
  readonly viewer: { readonly seed: string; readonly creds: string };
}

const SEED = /S[OAUNCX][A-Z2-7]{56}/;

const PAID = { subject: "billing.paid.>", type: "stream" as const };

/** The account of the team: two users with a role, and one without. */
const ACCOUNT = {
  exports: [PAID],
  roles: { clerk: { permissions: { publish: { allow: ["billing.paid.>"] } } } },
  users: { ann: { role: "clerk" }, bob: { role: "clerk" }, auditor: {} },
} satisfies AccountSettings;

function outputsOf<T>(stack: TestStack): Promise<T> {
  return stack.outputs() as unknown as Promise<T>;
}

async function declare(team: TestStack, account: AccountSettings & { readonly sets?: object }): Promise<void> {
  await writeFile(team.declarationPath, JSON.stringify(account));
  team.config.declaration = team.declarationPath;
}

describe("accounts of teams, deployed as several stacks", function () {
  this.timeout(STEP_TIMEOUT);

  describe("as the example does", () => {
    const team = testStack(BILLING);
    const shared = testStack(BILLING_REFERENCE, { beside: team });
    const platform = testStack(PLATFORM, { beside: team });
    const clients = new Clients();

    it("should deliver the team's stream to the platform's account, on both servers", async () => {
      succeeded(await team.up());
      shared.config.billingStack = `organization/${BILLING.project}/${team.name}`;
      succeeded(await shared.up());
      platform.config.billingStack = `organization/${BILLING_REFERENCE.project}/${shared.name}`;
      succeeded(await platform.up());
      const { seeds, creds } = await outputsOf<TeamOutputs>(team);
      const { clientUrls, viewer } = await outputsOf<PlatformOutputs>(platform);
      const clerk = await clients.connect(clientUrls.static, bySeed(seeds.clerk));
      await crosses(clerk, await clients.connect(clientUrls.operator, byCreds(viewer.creds)), "billing.paid.7");
      const other = await clients.connect(clientUrls.operator, byCreds(creds.clerk));
      await crosses(other, await clients.connect(clientUrls.static, bySeed(viewer.seed)), "billing.paid.8");
    });

    it("should keep the team's seeds and creds out of the platform's state", async () => {
      const { seeds, creds } = await outputsOf<TeamOutputs>(team);
      const state = JSON.stringify(await platform.resources());
      assert.ok(state.includes("billing.paid.>"));
      for (const secret of [...Object.values(seeds), ...Object.values(creds)]) {
        assert.ok(!state.includes(secret) && !state.includes(JSON.stringify(secret).slice(1, -1)));
      }
    });
  });

  describe("while the team changes its account", () => {
    const team = testStack(TEAM);
    const platform = testStack(PLATFORM, { beside: team });
    const clients = new Clients();
    let urls: PlatformOutputs["clientUrls"];
    let logins: TeamOutputs;
    /** Connections of the users that stay, one on each server. */
    let staying: readonly NatsConnection[];

    /** Asserts that both servers accept a user, and returns its connections. */
    async function accepts(user: string): Promise<NatsConnection[]> {
      return [
        await clients.connect(urls.static, bySeed(logins.seeds[user])),
        await clients.connect(urls.operator, byCreds(logins.creds[user])),
      ];
    }

    async function refusesBoth(user: string, { seeds, creds }: TeamOutputs): Promise<void> {
      await refuses(clients, urls.static, bySeed(seeds[user]));
      await refuses(clients, urls.operator, byCreds(creds[user]));
    }

    async function updateTeam(account: AccountSettings): Promise<void> {
      await declare(team, account);
      succeeded(await team.up());
      logins = await outputsOf<TeamOutputs>(team);
    }

    it("should report in the platform's preview that the team's stack is still to come, and create nothing", async () => {
      platform.config.billingStack = `organization/${TEAM.project}/${team.name}`;
      const { output } = failed(await platform.preview());
      assert.match(output, /Required output 'reference' does not exist on stack/);
      assert.deepEqual(await platform.resources(), []);
    });

    it("should deploy the account once both stacks are up", async () => {
      await updateTeam(ACCOUNT);
      succeeded(await platform.preview());
      succeeded(await platform.up());
      ({ clientUrls: urls } = await outputsOf<PlatformOutputs>(platform));
      staying = await accepts("ann");
    });

    it("should change nothing at a second update of either stack", async () => {
      succeeded(await team.up("--expect-no-changes"));
      succeeded(await platform.up("--expect-no-changes"));
      succeeded(await platform.preview("--expect-no-changes"));
    });

    it("should admit an added user with the platform's update, and disconnect nobody", async () => {
      await updateTeam({ ...ACCOUNT, users: { ...ACCOUNT.users, carol: {} } });
      await refusesBoth("carol", logins);
      const { output } = succeeded(await platform.preview("--diff"));
      assert.match(output, /\+ .*users\.carol\b/);
      succeeded(await platform.up());
      await accepts("carol");
      assert.deepEqual(
        staying.map((connection) => clients.hasLost(connection)),
        [false, false],
      );
    });

    it("should withdraw the access of removed users with the platform's update, with and without a role", async () => {
      const before = logins;
      const removed = [...(await accepts("bob")), ...(await accepts("auditor"))];
      const { ann } = ACCOUNT.users;
      await updateTeam({ ...ACCOUNT, users: { ann, carol: {} } });
      assert.ok(removed.every((connection) => !clients.hasLost(connection)));
      succeeded(await platform.up());
      await refusesBoth("bob", before);
      await refusesBoth("auditor", before);
      await Promise.all(removed.map((connection) => connection.closed()));
      assert.deepEqual(
        staying.map((connection) => clients.hasLost(connection)),
        [false, false],
      );
    });

    it("should report an import of the platform's account that the team no longer exports, and change nothing", async () => {
      await updateTeam({ ...ACCOUNT, exports: [], users: { ann: ACCOUNT.users.ann } });
      const { output } = failed(await platform.preview());
      assert.match(output, /accounts\[1\]\("reports"\)\.imports\[0\]\.subject = "billing\.paid\.>".*\[NA1521\]/);
      await accepts("ann");
    });

    it("should keep all seeds of the team in its own stack, except as secret outputs that a stack reference copies", async () => {
      const seeds = Object.values(logins.seeds);
      const own = (await platform.resources()).filter(({ type }) => type !== "pulumi:pulumi:StackReference");
      const state = JSON.stringify(own);
      assert.ok(seeds.length > 0 && seeds.every((seed) => !state.includes(seed)));
      const shown = [team.transcript, platform.transcript, await team.rawState(), await platform.rawState()];
      assert.deepEqual(
        shown.filter((text) => SEED.test(text)),
        [],
      );
    });
  });

  describe("with a set of users", () => {
    const team = testStack(TEAM);
    const platform = testStack(PLATFORM, { beside: team });
    const clients = new Clients();
    const names = Array.from({ length: 60 }, (_, index) => `d-${index}`);
    let urls: PlatformOutputs["clientUrls"];

    /** Updates the team's stack. @returns the creds of the users of the set */
    async function updateTeam(users: readonly string[]): Promise<Record<string, string>> {
      await declare(team, { ...ACCOUNT, sets: { devices: { role: "clerk", users } } });
      succeeded(await team.up());
      return (await outputsOf<TeamOutputs>(team)).credsOfSets?.[0] ?? assert.fail("without creds");
    }

    const connect = (creds: string | undefined) =>
      Promise.all([
        clients.connect(urls.static, bySeed(SEED.exec(creds ?? "")?.[0])),
        clients.connect(urls.operator, byCreds(creds)),
      ]);

    it("should keep it as a set in the platform's stack, with users that both servers accept", async () => {
      const creds = await updateTeam(names);
      platform.config.billingStack = `organization/${TEAM.project}/${team.name}`;
      succeeded(await platform.up());
      ({ clientUrls: urls } = await outputsOf<PlatformOutputs>(platform));
      await connect(creds["d-7"]);
      const own = (await platform.resources()).filter(({ type }) => /:(?:Account|AccountClaims)$/.test(type));
      assert.ok(own.length > 2);
      assert.doesNotMatch(JSON.stringify(own), /"d-7"/);
      succeeded(await platform.up("--expect-no-changes"));
    });

    it("should preview and apply a removed and a new user of it, and disconnect no other", async () => {
      const before = (await outputsOf<TeamOutputs>(team)).credsOfSets?.[0] ?? {};
      const [gone, stays] = [await connect(before["d-1"]), await connect(before["d-2"])];
      const after = await updateTeam([...names.filter((name) => name !== "d-1"), "d-new"]);
      const { output } = succeeded(await platform.preview("--diff"));
      const shown = output
        .split("\n")
        .flatMap((line) => /^ *([+-]) .*\b(d-(?:\d+|new))\b/.exec(line)?.slice(1).join(" ") ?? []);
      assert.deepEqual([...new Set(shown)].sort(), ["+ d-new", "- d-1"]);
      succeeded(await platform.up());
      await connect(after["d-new"]);
      assert.equal(after["d-2"], before["d-2"]);
      assert.deepEqual(
        [...gone, ...stays].map((connection) => clients.hasLost(connection)),
        [true, true, false, false],
      );
      await refuses(clients, urls.static, bySeed(SEED.exec(before["d-1"] ?? "")?.[0]));
      await refuses(clients, urls.operator, byCreds(before["d-1"]));
    });
  });
});
