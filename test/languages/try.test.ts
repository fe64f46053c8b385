import * as pulumi from "@pulumi/pulumi";
import { mockEngine } from "../support/mocks";
import { constructCluster } from "../../provider/languages/construct";
process.on("unhandledRejection", (e: any) => e.constructor.name === "InvalidArgumentsError" || console.log("UNHANDLED", e));
describe("x", () => { beforeEach(mockEngine);
  it("ok", async () => {
    const r = await constructCluster("nats", {
      operator: { name: "KO", systemAccount: { users: { sys: {} } } },
      target: "process",
      accounts: {
        A: { exports: [{ subject: "t", type: "service", importers: ["B"] }], imports: [{account: "B", subject: "u", type: "stream"}], users: { test: {} } },
        B: { exports: [{subject: "u", type: "stream"}], imports: [{ account: "A", subject: "t", type: "service" }], users: { test: {} } },
      },
    }, {});
    console.log(await new Promise((res) => pulumi.output(r.state).apply(res)));
  });
  it("bad", async () => {
    const r = await constructCluster("nats", {
      operator: { name: 5, systemAccount: { users: { sys: null } } },
      target: "proces", clusterNam: "x",
      accounts: {
        A: { exports: [{ subject: "t..", type: "service" }], users: { test: { permissions: {publish: {alow: ["x"]}} } } , sets: {x: null}},
        B: { imports: [{ account: "A", subject: "t", type: "serv" }, {account: "Z", subject: "t", type: "stream"}], users: { test: {} } },
        C: null,
      },
    }, {}).catch((e) => e.message);
    console.log(r);
  });
  it("cluster-level", async () => {
    const r = await constructCluster("nats", {
      target: "process", 
      accounts: {
        A: { exports: [{ subject: "t", type: "service" , importers: ["Q"]}], users: { test: { } } , },
        "B C": { imports: [{ account: "A", subject: "t", type: "service" }, {account: "Z", subject: "t", type: "stream"}], users: { test: {} } },
      },
    }, {}).catch((e) => e.message);
    console.log(r);
  });
});
