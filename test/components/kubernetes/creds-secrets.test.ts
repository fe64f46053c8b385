import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  credsSecrets,
  nackAccount,
  Operator,
  UserSet,
  type CredsSecret,
  type UserSetArgs,
} from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { keyOf } from "../../support/keys";
import { valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

const isSecret = (output: unknown) => (output as { readonly isSecret: Promise<boolean> }).isSecret;

function declare(name = "A", users: Record<string, object> = { u: {}, v: {} }) {
  const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
  return new Account(name, { operator, users });
}

describe("credsSecrets", () => {
  closingGates();

  it("should return a Secret with creds and seed for each user, and nothing in plain text", async () => {
    const a = declare();
    const secrets = credsSecrets(a, { namespace: "apps" });
    assert.deepEqual(Object.keys(secrets), ["u", "v"]);
    const { u = assert.fail() } = secrets;
    assert.equal(await isSecret(u.stringData), true);
    const { stringData, ...rest } = u;
    assert.deepEqual(rest, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "nats.a-559aead08264d5795d39.u", namespace: "apps" },
      type: "Opaque",
    });
    const { creds, seed } = a.users.u ?? assert.fail();
    assert.deepEqual(await valueOf(stringData), { "nats.creds": await valueOf(creds), seed: await valueOf(seed) });
  });

  it("should give different users different names that are valid in Kubernetes", () => {
    const users = ["u", "U", "u.v", "u-v", "ü", "", "a".repeat(80), "-", "u-a25513c7e0f6eaa80a33"];
    const names = ["a", "A", "a.b", "x".repeat(80)].flatMap((account) =>
      Object.values(
        credsSecrets(declare(account, Object.fromEntries(users.filter(Boolean).map((user) => [user, {}])))),
      ),
    );
    const texts = names.map(({ metadata }) => metadata.name);
    assert.equal(new Set(texts).size, texts.length);
    for (const text of texts) {
      assert.match(text, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      assert.ok(text.length <= 253);
    }
  });

  it("should accept a namespace of another resource, and report its name", async () => {
    const secretIn = (namespace: pulumi.Input<string>) => credsSecrets(declare(), { namespace }).u ?? assert.fail();
    const { metadata } = secretIn(pulumi.output("apps"));
    assert.equal(await valueOf(pulumi.output(metadata.namespace ?? assert.fail())), "apps");
    const reason = await reasonOf(valueOf(secretIn(pulumi.output("No")).stringData).then(() => undefined));
    assert.deepEqual(codesAndPathsIn(reason), ["NA2100 namespace"]);
  });

  it("should take the users that are listed, and the prefix", () => {
    const secrets = credsSecrets(declare("orders"), { users: ["v"], prefix: "team" });
    assert.deepEqual(
      Object.values(secrets).map(({ metadata }) => metadata),
      [{ name: "team.orders.v" }],
    );
  });

  it("should leave out creds that no server accepts", async () => {
    const { u = assert.fail() } = credsSecrets(declare("A", { u: { expires: "2020-01-01T00:00:00Z" } }));
    const data = await valueOf(u.stringData).catch(() => ({}));
    assert.ok(!("nats.creds" in data));
  });

  it("should report users without a managed seed, and invalid arguments", async () => {
    const elsewhere = declare("A", { u: {}, w: { publicKey: keyOf("user", "w") } });
    const reason = (secrets: ReturnType<typeof credsSecrets>) =>
      reasonOf(valueOf(Object.values(secrets)[0]?.stringData ?? assert.fail()).then(() => undefined));
    assert.deepEqual(codesAndPathsIn(await reason(credsSecrets(elsewhere))), ["NA2101 users.w"]);
    assert.equal(await reason(credsSecrets(elsewhere, { users: ["u"] })), undefined);
    const invalid = { namespace: "No", prefix: "a.b", users: ["x"], user: "u" };
    assert.deepEqual(codesAndPathsIn(await reason(credsSecrets(declare(), invalid as never))), [
      "NA1001 user",
      "NA2100 prefix",
      "NA2102 users[0]",
      "NA2100 namespace",
    ]);
    assert.throws(() => credsSecrets({} as Account), /account = .*\[NA1003\]/);
  });
});

describe("credsSecrets of a user set", () => {
  closingGates();

  const setOf = (users: NonNullable<UserSetArgs["users"]> = { "d-1": {}, "d-2": {} }) => {
    const operator = new Operator("KO");
    const account = new Account("fleet", { operator, users: { u: {} }, roles: { device: {} } });
    return { account, set: new UserSet("devices", { account, role: "device", users }) };
  };
  const reason = (secrets: Readonly<Record<string, CredsSecret>>) =>
    reasonOf(valueOf(Object.values(secrets)[0]?.stringData ?? assert.fail()).then(() => undefined));

  it("should return a Secret for each of its users, by the names that a user of the account has", async () => {
    const { account, set } = setOf();
    const secrets = credsSecrets(set, { namespace: "apps" });
    assert.deepEqual(
      Object.values(secrets).map(({ metadata }) => metadata),
      ["d-1", "d-2"].map((name) => ({ name: `nats.fleet.${name}`, namespace: "apps" })),
    );
    assert.deepEqual(Object.keys(credsSecrets(account)), ["u"]);
    const { stringData } = secrets["d-1"] ?? assert.fail();
    assert.equal(await isSecret(stringData), true);
    const expected = { "nats.creds": await valueOf(set.creds("d-1")), seed: await valueOf(set.seed("d-1")) };
    assert.deepEqual(await valueOf(stringData), expected);
  });

  it("should need the names of users that are an output", async () => {
    const { set } = setOf(pulumi.output({ "d-1": {} }));
    assert.throws(() => credsSecrets(set), /NA1002/);
    const secrets = credsSecrets(set, { users: ["d-1"] });
    assert.deepEqual(Object.keys(secrets), ["d-1"]);
    assert.equal(await reason(secrets), undefined);
    await assert.rejects(valueOf(credsSecrets(set, { users: ["d-2"] })["d-2"].stringData), /NA1905/);
  });

  it("should report users without a managed seed", async () => {
    const elsewhere = setOf({ "d-1": { publicKey: keyOf("user", "d-1") }, "d-2": {} }).set;
    assert.deepEqual(codesAndPathsIn(await reason(credsSecrets(elsewhere))), ["NA2101 users.d-1"]);
    assert.equal(await reason(credsSecrets(elsewhere, { users: ["d-2"] })), undefined);
    assert.deepEqual(codesAndPathsIn(await reason(credsSecrets(elsewhere, { users: ["d-3"] }))), ["NA2102 users[0]"]);
  });
});

describe("nackAccount", () => {
  closingGates();

  it("should log in by the Secret of a user, in the mode of the servers", () => {
    const { u = assert.fail() } = credsSecrets(declare("orders"), { namespace: "apps" });
    const servers = ["nats://nats-operator.nats:4222"];
    assert.deepEqual(nackAccount(u, { name: "orders", servers }), {
      apiVersion: "jetstream.nats.io/v1beta2",
      kind: "Account",
      metadata: { name: "orders", namespace: "apps" },
      spec: { servers, creds: { secret: { name: "nats.orders.u" }, file: "nats.creds" } },
    });
    assert.deepEqual(nackAccount(u, { name: "orders", servers, mode: "static" }).spec.nkey, {
      secret: { name: "nats.orders.u" },
      seed: "seed",
    });
    assert.deepEqual(nackAccount(u, { name: "orders", servers, tls: { secretName: "nats-tls" } }).spec.tls, {
      secret: { name: "nats-tls" },
      ca: "ca.crt",
      cert: "tls.crt",
      key: "tls.key",
    });
    assert.throws(() => nackAccount(u, { name: "a.b", servers }), pulumi.RunError);
  });
});
