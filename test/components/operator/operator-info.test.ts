import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { MixedAuthCluster, Operator } from "../../../provider";
import { readOperator } from "../../../provider/read/operator";
import { INFO } from "../../parity/everything";
import { closingGates, reasonOf } from "../../support/gates";
import { valueOf } from "../../support/mocks";

describe("what an operator tells tools and servers", () => {
  closingGates();

  it("should stand in its JWT and in the report of its cluster, whether it is known at once or later", async () => {
    const info = { ...INFO, serviceUrls: [pulumi.output("wss://b.example.org"), "nats://a.example.org:4222"] };
    const operator = new Operator("KO", { ...info, systemAccount: { users: { sys: {} } } });
    const { leftOut, ...read } = readOperator(await valueOf(operator.jwt), "the JWT");
    const said = [read.accountServerUrl, read.serviceUrls, read.serverVersion, read.tags];
    assert.deepEqual(said, [INFO.accountServerUrl, INFO.serviceUrls, INFO.assertServerVersion, INFO.tags]);
    assert.deepEqual(leftOut, []);
    assert.equal(read.strict, true);
    const { rows } = await valueOf(new MixedAuthCluster("nats", { operator, accounts: [] }).parity);
    assert.ok(rows.some(({ name, value }) => name === "(operator).assertServerVersion" && value === '"2.10.0"'));
  });

  it("should be refused when tools and servers could not read it", async () => {
    const operator = new Operator("KO", { serviceUrls: pulumi.output(["http://a"]), assertServerVersion: "2" });
    const lines = ((await reasonOf(operator.gate)) ?? "").split("\n").slice(1);
    assert.deepEqual(
      lines.map((line) => line.trim().split(" ")[1]),
      ["serviceUrls[0]", "assertServerVersion"],
    );
  });
});
