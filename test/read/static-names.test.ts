import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { readText } from "./static-texts";

const [U, V] = [keyOf("user", "a"), keyOf("user", "b")];
const [A, S] = [keyOf("account", "A"), keyOf("account", "S")];

/** Returns path and value of everything that contains a name. */
function namesIn(text: string): string[] {
  return readText(text)
    .leftOut.filter(({ code }) => code === "NA3066")
    .map(({ path, value }) => (value === undefined ? path : `${path} = ${value}`));
}

describe("names of accounts in subjects of a static configuration", () => {
  it("should be named in every subject of the system account", () => {
    const text = `
      system_account: SYS
      accounts {
        SYS {
          exports: [ { stream: "$SYS.ACCOUNT.A.>" }, { service: "$SYS.REQ.ACCOUNT.A.CONNZ", latency: "$SYS.REQ.ACCOUNT.B.L" } ]
          mappings { "$SYS.REQ.ACCOUNT.A.X": "$JS.API.ACCOUNT.PURGE.A", x: "$JS.hub.API.ACCOUNT.STREAM.MOVE.A.S" }
          msg_trace: "$SYS.SERVER.ACCOUNT.A.CONNS"
          default_permissions { subscribe: { deny: "$SYS.ACCOUNT.a.b.CONNECT queue" } }
          users: [ { nkey: ${U}, permissions: { publish: [ "$SYS.REQ.ACCOUNT.B.*", "$SYS.REQ.ACCOUNT.PING.CONNZ", "A.B" ] } } ]
        }
        A {}, B {}, a.b {}
      }`;
    assert.deepEqual(namesIn(text).sort(), [
      "accounts.SYS",
      ...[
        "$SYS.ACCOUNT.A.>",
        "$SYS.REQ.ACCOUNT.A.CONNZ",
        "$SYS.REQ.ACCOUNT.B.L",
        "$SYS.REQ.ACCOUNT.A.X",
        "$JS.API.ACCOUNT.PURGE.A",
        "$JS.hub.API.ACCOUNT.STREAM.MOVE.A.S",
        "$SYS.SERVER.ACCOUNT.A.CONNS",
        "$SYS.ACCOUNT.a.b.CONNECT queue",
        "$SYS.REQ.ACCOUNT.B.*",
      ]
        .map((subject) => `accounts.SYS = ${JSON.stringify(subject)}`)
        .sort(),
    ]);
  });

  it("should not be found in other accounts, and not where accounts are named by their keys", () => {
    const subject = `permissions: { publish: "$SYS.REQ.ACCOUNT.A.CONNZ" }`;
    assert.deepEqual(namesIn(`accounts { A { users: [ { nkey: ${U}, ${subject} } ] } }`), []);
    const keyed = `permissions: { publish: "$SYS.REQ.ACCOUNT.${A}.CONNZ" }`;
    const accounts = `${S} { users: [ { nkey: ${U}, ${keyed} } ] }, ${A} {}`;
    assert.deepEqual(namesIn(`system_account: ${S}, accounts { ${accounts} }`), []);
  });

  it("should be found at the token that an export reserves for the importing account", () => {
    const text = `
      accounts {
        OWNER {
          exports: [ { service: "ask.*.now", account_token_position: 2 } ]
          users: [ { nkey: ${U}, permissions: { subscribe: [ "ask.A.now", "ask.A.later", "other.A.now" ] } } ]
        }
        A {
          imports: [ { service: { account: OWNER, subject: "ask.A.now" } }, { service: { account: OWNER, subject: "ask.A.now" }, to: now } ]
          users: [ { nkey: ${V}, permissions: { publish: "ask.A.now" } } ]
        }
      }`;
    assert.deepEqual(namesIn(text), ['accounts.OWNER = "ask.A.now"']);
    const subject = "ask.{{account-subject()}}.now";
    const { accounts } = readText(text);
    assert.deepEqual(accounts.A?.imports, [
      { account: "OWNER", subject, type: "service", localSubject: "ask.A.now" },
      { account: "OWNER", subject, type: "service", localSubject: "now" },
    ]);
    assert.deepEqual(accounts.A.users[0]?.permissions, { publish: { allow: ["ask.A.now"] } });
  });

  it("should be replaced in imports from the system account by the importing account's key", () => {
    const text = `
      system_account: SYS
      accounts {
        SYS { exports: [ { stream: "$SYS.ACCOUNT.*.>", account_token_position: 3 } ] }
        A { imports: [ { stream: { account: SYS, subject: "$SYS.ACCOUNT.A.CONNECT" }, prefix: my } ] }
      }`;
    assert.deepEqual(readText(text).accounts.A?.imports, [
      {
        account: "SYS",
        subject: "$SYS.ACCOUNT.{{account-subject()}}.CONNECT",
        type: "stream",
        localSubject: "my.$SYS.ACCOUNT.A.CONNECT",
      },
    ]);
    assert.deepEqual(namesIn(text), []);
  });

  it("should be found in the events of the system account itself", () => {
    for (const text of ["accounts { $SYS { USERS } }", "system_account: SYS, accounts { SYS { USERS } }"]) {
      const own = text.replace("USERS", `users: [ { nkey: ${U} } ]`);
      assert.deepEqual(namesIn(own).length, 1, own);
    }
  });

  it("should be found in what others import by name, although no permission contains it", () => {
    const text = `
      accounts {
        OWNER { exports: [ { stream: "told.*", account_token_position: 2 } ], users: [ { nkey: ${U} } ] }
        A { imports: [ { stream: { account: OWNER, subject: "told.A" }, to: told } ] }
      }`;
    assert.deepEqual(namesIn(text), ['accounts.OWNER = "told.A"']);
  });

  it("should be found where a wildcard stands before or after the name", () => {
    const subjects = ["*.ACCOUNT.A.>", "*.*.ACCOUNT.A.CONNZ", "ask.A.>", "*.A.now", "*.A.later"];
    const users = `users: [ { nkey: ${U}, permissions: { publish: { deny: ${JSON.stringify(subjects)} } } } ]`;
    const exported = `exports: [ { service: "ask.*.now", account_token_position: 2 } ]`;
    assert.deepEqual(namesIn(`system_account: SYS, accounts { SYS { ${users}, ${exported} }, A {} }`), [
      ...subjects.slice(0, -1).map((subject) => `accounts.SYS = ${JSON.stringify(subject)}`),
      "accounts.SYS",
    ]);
  });

  it("should be found in what an account imports under a subject that it exports by account", () => {
    const text = `
      accounts {
        FAR { exports: [ { service: far } ] }
        OWNER {
          exports: [ { service: "ask.*", account_token_position: 2 } ]
          imports: [ { service: { account: FAR, subject: far }, to: ask.A } ]
        }
        A {}
      }`;
    assert.deepEqual(namesIn(text), ['accounts.OWNER = "ask.A"']);
  });

  describe("in an account that imports the events of all accounts", () => {
    const importing = (subject: string, to: string, permission: string) => `
      system_account: SYS
      accounts {
        SYS { exports: [ { stream: "$SYS.>" } ] }
        A {}
        WATCHER {
          imports: [ { stream: { account: SYS, subject: ${JSON.stringify(subject)} }, to: ${JSON.stringify(to)} } ]
          users: [ { nkey: ${U}, permissions: { subscribe: ${JSON.stringify(permission)} } } ]
        }
      }`;

    for (const [subject, to, permission] of [
      ["$SYS.ACCOUNT.*.>", "$SYS.ACCOUNT.*.>", "$SYS.ACCOUNT.A.CONNECT"],
      ["$SYS.ACCOUNT.*.CONNECT", "came.$1", "came.A"],
      ["$SYS.*.*.SERVER.>", "of.$2.$1.>", "of.A.ACCOUNT.CONNS"],
      ["$SYS.>", "all.>", "all.SERVER.ACCOUNT.A.CONNS"],
    ] as const) {
      it(`should be found in the local subject ${to} of ${subject}`, () => {
        const found = namesIn(importing(subject, to, permission));
        assert.deepEqual(found, [`accounts.WATCHER = ${JSON.stringify(permission)}`, "accounts.WATCHER"]);
      });
    }

    it("should not be found in other subjects", () => {
      const found = namesIn(importing("$SYS.ACCOUNT.*.CONNECT", "came.$1", "went.A"));
      assert.deepEqual(found, ["accounts.WATCHER"]);
      assert.deepEqual(namesIn(importing("$SYS.SERVER.*.STATSZ", "stats.$1", "stats.A")), []);
    });
  });
});
