import assert from "node:assert/strict";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { USER } from "../../../provider/model/users/users";

/** The paths of all that is wrong with an account. */
function paths(account: Omit<AccountDeclaration, "name">): string[] {
  return accountDiagnostics({ name: "A", ...account }).map(({ path }) => path);
}

const ofUser = (user: object) => paths({ users: { u: user } }).map((path) => path.replace("users.u.", ""));
const range = (start: string, end: string) => ({ ranges: [{ start, end }] });

describe("what a user may do", () => {
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
      assert.deepEqual(ofUser(user), []);
    });
  }

  for (const [user, ...found] of [
    [
      { permissions: { responses: { max: 0, expires: 0 } } },
      "permissions.responses.max",
      "permissions.responses.expires",
    ],
    [
      { permissions: { responses: { max: -1, expires: "-5s" } } },
      "permissions.responses.max",
      "permissions.responses.expires",
    ],
    [{ permissions: { responses: true } }, "permissions.responses"],
    [{ permissions: { publish: { allow: ["a b"] } } }, "permissions.publish.allow[0]"],
    [{ permissions: { publish: { allow: ["{{nobody()}}"] } } }, "permissions.publish.allow[0]"],
    [{ permissions: { subscribe: { deny: ["a q", "{{name()}}"] } } }, "permissions.subscribe.deny[0]"],
    [
      { limits: { subscriptions: -1, payload: 2 ** 31, data: 2 ** 60 } },
      "limits.subscriptions",
      "limits.payload",
      "limits.data",
    ],
    [{ limits: { subscriptions: NaN, payload: "1 KB" } }, "limits.subscriptions", "limits.payload"],
    [{ sourceNetworks: [] }, "sourceNetworks"],
    [
      { sourceNetworks: ["10.0.0.0", "10.0.0.0/33", "010.0.0.0/8", "fe80::1%eth0/64", "::/129", "10.0.0.0/08"] },
      ...[0, 1, 2, 3, 4, 5].map((index) => `sourceNetworks[${index}]`),
    ],
    [{ times: { ranges: [] } }, "times.ranges"],
    [{ times: range("8:00:00", "24:00:00") }, "times.ranges[0].start", "times.ranges[0].end"],
    [{ times: range("08:00:00", "08:00:00") }, "times.ranges[0]"],
    [{ times: { ...range("08:00:00", "09:00:00"), zone: "europe/berlin" } }, "times.zone"],
    ...["+01:00", "US/PACIFIC", "Gmt", "PST", "JST", "SystemV/PST8"].map((zone): [object, string] => [
      { times: { ...range("08:00:00", "09:00:00"), zone } },
      "times.zone",
    ]),
    [{ connectionTypes: ["standard", "QUIC"] }, "connectionTypes[0]", "connectionTypes[1]"],
    [{ connectionTypes: [] }, "connectionTypes"],
    [{ bearer: "yes", proxyRequired: 1 }, "bearer", "proxyRequired"],
    [{ tags: ["x".repeat(509)] }, "tags"],
    [{ tags: ["Tenant:Blue", ""] }, "tags[0]", "tags[1]"],
  ] as [object, ...string[]][]) {
    it(`should be refused when it is ${JSON.stringify(user)}`, () => {
      assert.deepEqual(ofUser(user), found);
    });
  }

  it("should have one normal form, however it is written", () => {
    const normal = USER.normal({
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

  it("should say all that their users may do, and be there", () => {
    const users = { u: { role: "reader", bearer: true, tags: ["t:a"] }, v: { role: "writer" } };
    assert.deepEqual(paths({ roles, users: { u: users.u } }), ["users.u.bearer"]);
    assert.deepEqual(paths({ roles, users: { v: users.v } }), ["users.v.role"]);
    assert.deepEqual(paths({ users: { v: { role: "toString" } } }), ["users.v.role"]);
  });

  it("should have users who can log in", () => {
    assert.deepEqual(paths({ roles, users: { u: { role: "reader" } } }), ["users.u"]);
    assert.deepEqual(paths({ roles, users: { u: { role: "reader", tags: ["t:a"] } } }), []);
  });

  it("should have no templates in default permissions, which no server fills in", () => {
    const defaultPermissions = { publish: { allow: ["{{name()}}"] } };
    assert.deepEqual(paths({ defaultPermissions }), ["defaultPermissions.publish.allow[0]"]);
  });

  it("should be beside signing keys and revocations that are none of anybody's", () => {
    assert.deepEqual(paths({ signingKeys: ["U1"], revocations: { A1: 1, "*": "yesterday" } }), [
      "signingKeys[0]",
      "revocations.A1",
      'revocations["*"]',
    ]);
  });
});
