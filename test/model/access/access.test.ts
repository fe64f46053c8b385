import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { USER } from "../../../provider/model/users/users";
import { codesAndPaths } from "../../support/diagnostics";

const check = (account: Omit<AccountDeclaration, "name">) => accountDiagnostics({ name: "A", ...account });
const problemsOfUser = (user: object) =>
  codesAndPaths(check({ users: { u: user } })).map((problem) => problem.replace("users.u.", ""));
const range = (start: string, end: string) => ({ ranges: [{ start, end }] });

describe("the access of a user", () => {
  for (const user of [
    { permissions: { responses: {} } },
    { permissions: { responses: { max: "unlimited", expires: "never" } } },
    { permissions: { responses: { max: 3, expires: "1m30s" } } },
    { permissions: { subscribe: { allow: ["work workers"] }, publish: { allow: ["a.{{name()}}"] } } },
    { limits: { subscriptions: 0, payload: "64KiB", data: "1GiB" } },
    { sourceNetworks: ["10.0.0.0/8", "2001:DB8::/32", "10.1.2.3/8", "::/0", "0.0.0.0/0"] },
    { times: { ...range("08:00:00", "17:30:00"), zone: "Europe/Berlin" } },
    ...["UTC", "US/Pacific", "Asia/Kolkata", "Asia/Calcutta", "Europe/Kyiv", "PST8PDT"].map((zone) => ({
      times: { ...range("22:00:00", "06:00:00"), zone },
    })),
    { connectionTypes: ["STANDARD", "MQTT_WS"], bearer: true, proxyRequired: true, tags: ["a:b"] },
  ]) {
    it(`should be accepted when it is ${JSON.stringify(user)}`, () => {
      assert.deepEqual(problemsOfUser(user), []);
    });
  }

  for (const [user, ...expected] of [
    [
      { permissions: { responses: { max: 0, expires: 0 } } },
      "NA1008 permissions.responses.max",
      "NA1007 permissions.responses.expires",
    ],
    [
      { permissions: { responses: { max: -1, expires: "-5s" } } },
      "NA1008 permissions.responses.max",
      "NA1006 permissions.responses.expires",
    ],
    [{ permissions: { responses: true } }, "NA1003 permissions.responses"],
    [{ permissions: { publish: { allow: ["a b"] } } }, "NA1101 permissions.publish.allow[0]"],
    [{ permissions: { publish: { allow: [] } } }, "NA1202 permissions.publish.allow"],
    [{ permissions: { publish: { allow: ["{{nobody()}}"] } } }, "NA1203 permissions.publish.allow[0]"],
    [{ permissions: { subscribe: { deny: ["a q", "{{name()}}"] } } }, "NA1205 permissions.subscribe.deny[0]"],
    [
      { limits: { subscriptions: -1, payload: 2 ** 31, data: 2 ** 60 } },
      "NA1008 limits.subscriptions",
      "NA1008 limits.payload",
      "NA1005 limits.data",
    ],
    [{ limits: { subscriptions: NaN, payload: "1 KB" } }, "NA1008 limits.subscriptions", "NA1005 limits.payload"],
    [{ sourceNetworks: [] }, "NA1201 sourceNetworks"],
    [
      { sourceNetworks: ["10.0.0.0", "10.0.0.0/33", "010.0.0.0/8", "fe80::1%eth0/64", "::/129", "10.0.0.0/08"] },
      ...[0, 1, 2, 3, 4, 5].map((index) => `NA1206 sourceNetworks[${index}]`),
    ],
    [{ times: { ranges: [] } }, "NA1201 times.ranges"],
    [{ times: range("8:00:00", "24:00:00") }, "NA1207 times.ranges[0].start", "NA1207 times.ranges[0].end"],
    [{ times: range("08:00:00", "08:00:00") }, "NA1208 times.ranges[0]"],
    [{ times: { ...range("08:00:00", "09:00:00"), zone: "europe/berlin" } }, "NA1209 times.zone"],
    ...["+01:00", "US/PACIFIC", "Gmt", "PST", "JST", "SystemV/PST8"].map((zone): [object, string] => [
      { times: { ...range("08:00:00", "09:00:00"), zone } },
      "NA1209 times.zone",
    ]),
    [{ connectionTypes: ["standard", "QUIC"] }, "NA1210 connectionTypes[0]", "NA1210 connectionTypes[1]"],
    [{ connectionTypes: [] }, "NA1201 connectionTypes"],
    [{ bearer: "yes", proxyRequired: 1 }, "NA1003 bearer", "NA1003 proxyRequired"],
    [{ tags: ["x".repeat(509)] }, "NA1012 tags"],
    [{ tags: ["Tenant:Blue", "", "a:b ", "Blue"] }, ...[0, 1, 2, 3].map((index) => `NA1011 tags[${index}]`)],
    [{ tags: ["tenant:Blue", "a:B:C", "blue"] }],
  ] as [object, ...string[]][]) {
    it(`should be rejected when it is ${JSON.stringify(user)}`, () => {
      assert.deepEqual(problemsOfUser(user), expected);
    });
  }

  it("should be normalized", () => {
    const normal = USER.normalize({
      permissions: { publish: {}, responses: { expires: 90 } },
      limits: { payload: "1KiB" },
      sourceNetworks: ["2001:DB8::/32", "10.0.0.0/8", "10.0.0.0/8"],
      bearer: false,
      tags: [],
    });
    assert.deepEqual(normal, {
      permissions: { responses: { expires: "90s" } },
      limits: { payload: 1024 },
      sourceNetworks: ["10.0.0.0/8", "2001:db8::/32"],
    });
  });
});

describe("the roles of an account", () => {
  const roles = { reader: { permissions: { publish: { deny: ["x.{{tag(t)}}"] } } } };
  const paths = (account: Omit<AccountDeclaration, "name">) => check(account).map(({ path }) => path);

  it("should replace the access of their users, and exist", () => {
    const users = { u: { role: "reader", bearer: true, tags: ["t:a"] }, v: { role: "writer" } };
    assert.deepEqual(paths({ roles, users: { u: users.u } }), ["users.u.bearer"]);
    assert.deepEqual(paths({ roles, users: { v: users.v } }), ["users.v.role"]);
    assert.deepEqual(paths({ users: { v: { role: "toString" } } }), ["users.v.role"]);
  });

  it("should have users who can log in", () => {
    assert.deepEqual(paths({ roles, users: { u: { role: "reader" } } }), ["users.u"]);
    assert.deepEqual(paths({ roles, users: { u: { role: "reader", tags: ["t:a"] } } }), []);
  });
});

describe("the default permissions of an account", () => {
  it("should be rejected when they contain templates, which no server expands there", () => {
    const defaultPermissions = { publish: { allow: ["{{name()}}"] } };
    assert.deepEqual(codesAndPaths(check({ defaultPermissions })), ["NA1204 defaultPermissions.publish.allow[0]"]);
  });
});

describe("the signing keys and revocations of an account", () => {
  it("should be rejected when they are not keys of the account or its users", () => {
    const account = { signingKeys: ["U1"], revocations: { A1: 1, "*": "yesterday" } };
    assert.deepEqual(
      check(account).map(({ path }) => path),
      ["signingKeys[0]", "revocations.A1", 'revocations["*"]'],
    );
  });
});
