import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, Operator } from "../../provider";
import { constructConfiguration } from "../../provider/languages/construct";
import { asInPlugin, outputsOf, problems } from "../support/construct";
import { seedOf } from "../support/keys";
import { valueOf } from "../support/mocks";

/** Returns values with placeholders for random parts: JWTs, and digests of keys. */
const shown = async (values: pulumi.Output<unknown>) =>
  JSON.stringify(await valueOf(values), undefined, 1)
    .replace(/eyJ[\w.-]+/g, "(JWT)")
    .replace(/[0-9a-f]{64}/g, "(digest)");

describe("Helm values of a component for other languages", () => {
  asInPlugin();

  it("should return the Helm values of a TypeScript program, as a secret", async () => {
    const seeds = { operator: seedOf("operator", "KO"), SYS: seedOf("account", "SYS"), A: seedOf("account", "A") };
    const users = { u: { seed: seedOf("user", "u") } };
    const releases = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
    const operator = new Operator("KO", { seed: seeds.operator, systemAccount: { seed: seeds.SYS } });
    const accounts = [new Account("A", { operator, seed: seeds.A, users })];
    const auth = new AuthConfiguration("nats", { operator, accounts });
    const expected = pulumi.output({
      static: auth.helmValues("static", { releases }),
      operator: auth.helmValues("operator", { releases }),
    });
    const args = {
      operator: { name: "KO", seed: seeds.operator, systemAccount: { seed: seeds.SYS } },
      accounts: { A: { seed: seeds.A, users } },
      helmValues: { releases },
    };
    const { state } = await constructConfiguration("nats", args, {});
    const { helmValues = pulumi.output(0) } = state as Readonly<Record<string, pulumi.Output<unknown>>>;
    assert.equal(await shown(helmValues), await shown(expected));
    assert.ok(await pulumi.isSecret(helmValues));
    const one = await constructConfiguration(
      "nats",
      { ...args, helmValues: { releases: { static: { name: "s" } } } },
      {},
    );
    assert.deepEqual(Object.keys((await outputsOf(one)).helmValues ?? {}), ["static"]);
    const both = await constructConfiguration("nats", { ...args, helmValues: {} }, {});
    assert.deepEqual(Object.keys((await outputsOf(both)).helmValues ?? {}), ["static", "operator"]);
  });

  it("should report problems of Helm values once, with all others", async () => {
    const remotes = {
      hub: { account: "A", urls: ["tls://hub.example.org:7422"], user: "leaf", password: "of the hub" },
    };
    const of = (helmValues: unknown, users: object = { u: {} }) =>
      problems({ accounts: { A: { users } }, helmValues }, constructConfiguration);
    const releases = { static: { name: "N A" }, operator: { name: "nats-operator", replicas: 0 } };
    assert.deepEqual(await of({ releases, tls: { clients: { secretName: 5 } }, release: 1 }, { u: { bearer: 1 } }), [
      "NA1001 helmValues.release",
      "NA1003 accounts.A.users.u.bearer",
      "NA2100 helmValues.releases.static.name",
      "NA2105 helmValues.releases.operator.replicas",
    ]);
    assert.deepEqual(await of({ releases: { other: { name: "nats" } } }), [
      "NA1001 helmValues.releases.other",
      "NA2103 helmValues.releases.operator",
      "NA2103 helmValues.releases.static",
    ]);
    for (const wrong of [5, [], pulumi.secret({})]) {
      assert.deepEqual(await of(wrong), ["NA1003 helmValues"]);
    }
    assert.ok(
      (
        await problems({ accounts: { A: { users: { u: {} } } }, remotes, helmValues: {} }, constructConfiguration)
      ).every((problem) => problem.includes(" helmValues.")),
    );
  });
});
