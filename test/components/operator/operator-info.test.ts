import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MixedAuthCluster, Operator } from "../../../provider";
import { readOperator } from "../../../provider/read/operator";
import { INFO } from "../../parity/everything";
import { closingGates, reasonOf } from "../../support/gates";
import { valueOf } from "../../support/mocks";
import { pathsIn } from "../reports";

describe("the additional claims of an operator", () => {
  closingGates();

  it("should be in its JWT and in the parity report of its cluster, also when they are outputs", async () => {
    const info = { ...INFO, serviceUrls: [pulumi.output("wss://b.example.org"), "nats://a.example.org:4222"] };
    const operator = new Operator("KO", { ...info, systemAccount: { users: { sys: {} } } });
    const { leftOut, ...read } = readOperator(await valueOf(operator.jwt), "the JWT");
    const claims = [read.accountServerUrl, read.serviceUrls, read.assertServerVersion, read.tags];
    assert.deepEqual(claims, [INFO.accountServerUrl, INFO.serviceUrls, INFO.assertServerVersion, INFO.tags]);
    assert.deepEqual(leftOut, []);
    assert.equal(read.strict, true);
    const { rows } = await valueOf(new MixedAuthCluster("nats", { operator, accounts: [] }).parity);
    assert.ok(rows.some(({ name, value }) => name === "(operator).assertServerVersion" && value === '"2.10.0"'));
  });

  it("should be rejected when tools and servers could not read them", async () => {
    const operator = new Operator("KO", { serviceUrls: pulumi.output(["http://a"]), assertServerVersion: "2" });
    assert.deepEqual(pathsIn(await reasonOf(operator.gate)), ["serviceUrls[0]", "assertServerVersion"]);
  });
});
