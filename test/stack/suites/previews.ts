import assert from "node:assert/strict";
import { join } from "node:path";
import { stackOn, type PlaceName } from "../../support/pod-stack";
import { STEP_TIMEOUT, succeeded, type StackOutputs } from "../../support/stack";
import { changedResources } from "../../support/stack-diff";
import type { DeclaredAccount } from "../programs/declared/declaration";

/** Any change of who may do what touches these, beside the claims. */
const CLUSTER = ["ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats"];

const UTC = String.raw`"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"`;

const ADDED = 'users.test.permissions.publish.allow "news.>"';

const TEST = { permissions: { publish: { allow: ["_INBOX.>", "test.>"] } } };
/** The same user, who may publish more. */
const WIDER = { permissions: { publish: { allow: ["_INBOX.>", "news.>", "test.>"] } } };

const B: DeclaredAccount = { imports: [{ account: "A", subject: "test", type: "service" }], users: { test: {} } };

/** A preview of one property: its lines that are added, and those that are removed. */
interface ShownText {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Returns the changed lines of a text in the preview of a resource. */
function changesOf(text: string, resource: string, output: string): ShownText {
  const lines = output.split("\n");
  const start = lines.findIndex((line) => line.includes("[urn=") && line.endsWith(`${resource}]`));
  const from = lines.findIndex((line, index) => index > start && new RegExp(`^ *~ ${text} *: *$`).test(line));
  assert.ok(start >= 0 && from > start, output);
  const depth = lines[from]?.search(/\S/) ?? 0;
  const end = lines.findIndex((line, index) => index > from && line.trim() !== "" && line.search(/\S/) <= depth);
  const changed = (sign: string) =>
    lines
      .slice(from + 1, end)
      .flatMap((line) => (line.trimStart().startsWith(`${sign} `) ? [line.trimStart().slice(2).trim()] : []));
  return { added: changed("+"), removed: changed("-") };
}

/**
 * Creates the tests of previews, with servers in some place.
 *
 * @param others how many users an account has in addition: states contain many of them as one text
 */
export function describePreviews(place: PlaceName, others = 0): void {
  const names = Array.from({ length: others }, (_, index) => `other-${index}`);
  const A: DeclaredAccount = {
    exports: [{ subject: "test", type: "service" }],
    limits: { payload: 1000 },
    roles: { reader: {} },
    users: {
      ...{ test: TEST, stays: {}, r: { role: "reader" } },
      ...Object.fromEntries(names.map((name) => [name, { role: "reader" }])),
    },
  };

  describe(`previews of a deployed cluster (${place}, ${3 + others} users)`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    let outputs: StackOutputs;

    const declare = (accounts: Record<string, DeclaredAccount>, operator: object = {}) =>
      stack.declare({ accounts, operator });
    const withUsers = (users: NonNullable<DeclaredAccount["users"]>) => ({ ...A, users: { ...A.users, ...users } });
    const preview = async () => succeeded(await stack.preview("--diff")).output;

    before("a deployed cluster", async () => {
      await declare({ A, B });
      succeeded(await stack.up());
      outputs = await stack.outputs();
    });

    for (const [when, changed, { also = [], operator = {}, lines = [] }] of [
      ["nothing else", withUsers({ test: WIDER }), {}],
      ["a new user", withUsers({ test: WIDER, added: {} }), { also: ["User A/added"], lines: ["users.added {}"] }],
      [
        "a rotated key of the same user",
        withUsers({ test: { ...WIDER, rotation: { version: 2 } } }),
        { also: ["User A/test"], lines: ["users.test.rotation.version 2"] },
      ],
      [
        "a new role",
        { ...withUsers({ test: WIDER }), roles: { reader: {}, writer: {} } },
        { also: ["Nkey A/roles/writer"], lines: ["roles.writer {}"] },
      ],
      [
        "another key of the operator",
        withUsers({ test: WIDER }),
        { also: ["Nkey KO/signing", "OperatorClaims KO"], operator: { rotation: { version: 2 } } },
      ],
    ] as readonly (readonly [
      string,
      DeclaredAccount,
      { readonly also?: readonly string[]; readonly operator?: object; readonly lines?: readonly string[] },
    ])[]) {
      describe(`when a permission is added together with ${when}`, () => {
        let output: string;

        before(async () => {
          await declare({ A: changed, B }, operator);
          output = await preview();
        });

        it("should show one more line of the account and one of the static configuration", () => {
          const shown = changesOf("account", "AccountClaims::A", output);
          assert.deepEqual([...shown.added].sort(), [ADDED, ...lines].sort());
          assert.deepEqual(shown.removed, []);
          const configuration = changesOf(stack.serverOf("static"), "ClusterConfiguration::nats", output);
          assert.deepEqual(configuration.removed, ['allow: ["_INBOX.>", "test.>"]']);
          assert.ok(configuration.added.includes('allow: ["_INBOX.>", "news.>", "test.>"]'));
          for (const resource of ["AccountClaims A", ...also, ...CLUSTER]) {
            assert.ok(changedResources(output).includes(resource), resource);
          }
        });

        it("should hide the arguments of the component in one line", () => {
          const components = output.split("\n").filter((line) => line.includes(" nats-auth:index:Account: (update)"));
          assert.equal(output.split("(hidden)").length - 1, components.length);
        });

        it("should show no JWT and no configuration", () => {
          const [resources = ""] = output.split("--outputs:--");
          assert.doesNotMatch(resources.replaceAll(/^ *- jwt .*$/gm, ""), /eyJ|[\w-]{86}/);
        });
      });
    }

    describe("when accounts and keys change", () => {
      it("should show an account that is added as lines of both configurations, and the name of one that is imported", async () => {
        const C: DeclaredAccount = { exports: [{ subject: "c", type: "stream" }], users: { u: {} } };
        await declare({
          A,
          C,
          B: { ...B, imports: [...(B.imports ?? []), { account: "C", subject: "c", type: "stream" }] },
        });
        const output = await preview();
        assert.deepEqual(changesOf("account", "AccountClaims::B", output), {
          added: ['imports {"account":"C","subject":"c","type":"stream"}'],
          removed: [],
        });
        assert.deepEqual(changesOf(stack.serverOf("operator"), "ClusterConfiguration::nats", output), {
          added: ["# C", 'C: "(JWT)"'],
          removed: [],
        });
        assert.ok(
          changesOf(stack.serverOf("static"), "ClusterConfiguration::nats", output).added.includes('{ nkey: "u" }'),
        );
      });

      it("should show times in UTC", async () => {
        await declare({ A: withUsers({ test: { ...TEST, rotation: { version: 2, overlap: "1h" } }, r: {} }), B });
        const output = await preview();
        assert.match(output, new RegExp(String.raw`\+ publicKey +: "${outputs.publicKeys["A/test"] ?? "?"}"`));
        assert.match(output, new RegExp(String.raw`\+ until +: ${UTC}`));
        assert.match(output, new RegExp(String.raw`\+ at *: ${UTC}`));
        assert.doesNotMatch(output, /\b1[789]\d{8}\b/);
      });

      it("should keep to a plan in which keys were unknown", async () => {
        const plan = join(stack.folder, "plan.json");
        await declare({ A: withUsers({ test: { ...WIDER, rotation: { version: 2 } }, added: {} }), B });
        succeeded(await stack.preview("--save-plan", plan));
        succeeded(await stack.up("--plan", plan));
        succeeded(await stack.preview("--expect-no-changes"));
      });

      it("should show only what differs when a server is not as it was left", async () => {
        await stack.servers.crash("static");
        const { output } = succeeded(await stack.refresh("--diff"));
        assert.match(output, /~ static(?:-0)? *: "in force" => "stopped"/);
        assert.doesNotMatch(output, /server_name|resolver_preload|permissions/);
      });
    });
  });
}
