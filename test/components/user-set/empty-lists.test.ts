import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, Operator, UserSet } from "../../../provider";
import { mockEngine, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const ROLES = { device: { permissions: { publish: { allow: ["{{tag(site)}}.>"] } } } };

describe("a template without a value", () => {
  const warnings = collectWarnings();
  beforeEach(mockEngine);

  /** Returns the codes and paths of the warnings about an account and its set. */
  async function found(
    users: Record<string, object>,
    ofSet: Record<string, { tags?: string[] }> = {},
  ): Promise<string[]> {
    const account = new Account("A", {
      operator: new Operator("KO"),
      roles: ROLES,
      users,
    });
    const set = new UserSet("devices", { account, role: "device", users: ofSet });
    await valueOf(set.publicKeys);
    await valueOf(account.jwt);
    return codesAndPathsIn(warnings.join("\n"));
  }

  it("should be a warning, for users of accounts and of sets", async () => {
    const north = { tags: ["site:north"] };
    const users = { u: { role: "device" }, v: { role: "device", ...north }, w: {} };
    assert.deepEqual((await found(users, { "d-1": {}, "d-2": north })).sort(), ["NA1417 users", "NA1417 users.u"]);
    assert.match(
      warnings.join("\n"),
      /may publish to no subject: the templates in "\{\{tag\(site\)\}\}\.>" have no valid/,
    );
  });

  it("should be one warning for many users of a set, with the first names", async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`d-${index}`, {}]));
    assert.deepEqual(await found({}, many), ["NA1417 users"]);
    assert.match(warnings.join("\n"), /: has 10,000 users who may publish .* for "d-0", .*"d-19", and 9980 more\./);
  });

  it("should not show names that are secret", async () => {
    const account = new Account("A", { operator: new Operator("KO"), roles: ROLES });
    const set = new UserSet("devices", { account, role: "device", users: pulumi.secret({ hidden: {} }) });
    await valueOf(set.publicKeys);
    assert.deepEqual(warnings, []);
  });
});
