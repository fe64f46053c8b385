import assert from "node:assert/strict";
import { Account, AuthConfiguration, Operator, parityMarkdown, UserSet, type UserSetArgs } from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

const USERS = Array.from({ length: 1_000 }, (_, index) => `d-${index}`);

describe("the parity report of a set of users", () => {
  closingGates();

  function configure(set: Partial<UserSetArgs>, parity: object = {}): AuthConfiguration {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const role = { permissions: { publish: { allow: ["{{name()}}.>"] } }, sourceNetworks: ["10.0.0.0/8"] };
    const account = new Account("A", { operator, roles: { device: role } });
    new UserSet("devices", { account, role: "device", users: USERS, ...set });
    return new AuthConfiguration("nats", { operator, accounts: [account], parity });
  }

  it("should have the rows of the role and of the set, and none for each user", async () => {
    const { parity } = configure({}, { mode: "lenient" });
    const { rows } = await valueOf(parity);
    const ofAccount = rows.filter(({ name }) => name.startsWith("A."));
    assert.deepEqual(
      ofAccount.map(({ name, class: letter, value }) => [name, letter, value]),
      [
        ["A.name", "M", '"A"'],
        ["A.sets.devices", "E", undefined],
        ["A.sets.devices.role", "X", '"device"'],
        ["A.sets.devices.count", "M", "1000"],
        ["A.roles.device", "X", undefined],
        ["A.roles.device.permissions.publish.allow", "X", '["{{name()}}.>"]'],
        ["A.roles.device.sourceNetworks", "N", '["10.0.0.0/8"]'],
      ],
    );
    const text = parityMarkdown(await valueOf(parity));
    assert.match(text, /role device of A may connect only from 10\.0\.0\.0\/8; the static server cannot enforce this/);
    assert.doesNotMatch(text, /d-\d/);
  });

  it("should name what only one server enforces for users of the set once, with the values that they have", async () => {
    const users = Object.fromEntries(
      USERS.map((name, index) => [
        name,
        index % 2 === 0 ? { expires: "2030-01-01" } : index % 3 === 0 ? { lifetime: 90 } : {},
      ]),
    );
    const set = { users, lifetime: "30d", notBefore: "2029-01-01" };
    const gaps = [
      "NA2001 A.roles.device.sourceNetworks",
      "NA2001 A.sets.devices.expires",
      "NA2001 A.sets.devices.lifetime",
    ];
    const reason = (await reasonOf(configure(set).gate)) ?? "";
    assert.deepEqual(codesAndPathsIn(reason).sort(), gaps);
    assert.match(
      reason,
      /credentials of the users of set devices of A expire on the operator server after 30d or 90s;/,
    );
    assert.match(reason, /rejects the users of set devices of A from 2030-01-01T00:00:00Z on/);
    const accept = { "A.roles.*.sourceNetworks": "…", "A.sets.*.expires": "…", "A.sets.devices.lifetime": "…" };
    assert.equal(await reasonOf(configure(set, { accept }).gate), undefined);
  });

  it("should leave invalid lifetimes to the set", async () => {
    const configuration = configure({ users: { "d-1": { lifetime: "often" } }, expires: "soon" }, { mode: "lenient" });
    const { rows } = await valueOf(configuration.parity);
    assert.deepEqual(
      rows.filter(({ name }) => /\.(lifetime|expires)$/.test(name)),
      [],
    );
  });
});
