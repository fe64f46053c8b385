import assert from "node:assert/strict";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { notesOf, problemsOf, readText } from "./static-texts";

const [U, V] = [keyOf("user", "a"), keyOf("user", "b")];
const userOf = (publicKey: string) => ({ publicKey });

describe("accounts of a static configuration", () => {
  it("should name a list of importers that servers ignore, because the position of a key decides", () => {
    const read = (more: string) =>
      readText(`accounts { A { exports: [ { service: "f.*", account_token_position: ${more} } ] }, B {} }`);
    const { accounts, leftOut } = read("2, accounts: [B]");
    assert.deepEqual(accounts.A?.exports, [{ subject: "f.*", type: "service", accountTokenPosition: 2 }]);
    assert.ok(codesAndPaths(leftOut).includes("NA3022 accounts.A.exports[0].accounts"));
    assert.deepEqual(read("0, accounts: [B]").accounts.A?.exports, [
      { subject: "f.*", type: "service", importers: ["B"] },
    ]);
  });

  it("should name settings of imports that servers ignore, because they are of the other type", () => {
    const text = `accounts {
      A { exports: [ { service: s }, { service: t }, { stream: u } ] }
      B {
        imports: [
          { service: { account: A, subject: s }, prefix: p }
          { service: { account: A, subject: t }, prefix: p, to: x }
          { stream: { account: A, subject: u }, share: true }
        ]
      }
    }`;
    assert.deepEqual(readText(text).accounts.B?.imports, [
      { account: "A", subject: "s", type: "service" },
      { account: "A", subject: "t", type: "service", localSubject: "x" },
      { account: "A", subject: "u", type: "stream" },
    ]);
    assert.deepEqual(
      notesOf(text).filter((note) => note.includes("imports")),
      [
        "NA3022 accounts.B.imports[0].prefix",
        "NA3022 accounts.B.imports[1].prefix",
        "NA3022 accounts.B.imports[2].share",
      ],
    );
  });

  describe("the system account", () => {
    it("should be $SYS when the configuration names no other", () => {
      const { systemAccount, accounts } = readText(`accounts { $SYS { users: [ { nkey: ${U} } ] } }`);
      assert.equal(systemAccount, "$SYS");
      assert.deepEqual(accounts, { $SYS: { users: [userOf(U)] } });
    });

    it("should not be $SYS when the configuration names another account", () => {
      assert.equal(readText("accounts { $SYS {}, OTHER {} }\nsystem_account: OTHER").systemAccount, "OTHER");
    });

    it("should be undefined when no account has this name", () => {
      assert.equal(readText("accounts { SYS {} }").systemAccount, undefined);
    });
  });

  describe("the global account", () => {
    const outside = `jetstream {}\nmappings { x: y }\nauthorization { users: [ { nkey: ${U} } ] }`;
    const mappings = { x: [{ subject: "y" }] };

    it("should have JetStream and mappings of the server when there are no accounts", () => {
      const { accounts } = readText(outside);
      assert.deepEqual(accounts, { $G: { mappings, jetstream: {}, users: [userOf(U)] } });
    });

    for (const [system, setting] of [
      ["$SYS", ""],
      ["SYS", "system_account: SYS"],
    ] as const) {
      it(`should have them when ${system}, the system account, is the only account`, () => {
        const { accounts } = readText(`${outside}\naccounts { ${system} {} }\n${setting}`);
        assert.deepEqual(accounts.$G, { mappings, jetstream: {}, users: [userOf(U)] });
      });
    }

    it("should have mappings, but not JetStream, when there are other accounts", () => {
      const { accounts } = readText(`${outside}\naccounts { A { users: [ { nkey: ${V} } ] } }`);
      assert.deepEqual(accounts, { A: { users: [userOf(V)] }, $G: { mappings, users: [userOf(U)] } });
    });

    for (const off of ["jetstream: false", "jetstream: disabled", "jetstream { enabled: false }", ""]) {
      it(`should not have JetStream with ${off === "" ? "nothing" : `\`${off}\``}`, () => {
        const { accounts } = readText(`${off}\nauthorization { users: [ { nkey: ${U} } ] }`);
        assert.deepEqual(accounts, { $G: { users: [userOf(U)] } });
      });
    }

    it("should exist without users when it has JetStream, whose streams are kept there", () => {
      assert.deepEqual(readText("jetstream: enabled").accounts, { $G: { jetstream: {}, users: [] } });
    });
  });

  for (const server of ["", "jetstream: false", "jetstream: disabled", "jetstream { enabled: false }"]) {
    it(`should not get JetStream from a server with ${server === "" ? "none" : `\`${server}\``}`, () => {
      const text = `${server}\naccounts { A { jetstream: enabled, users: [ { nkey: ${U} } ] } }`;
      assert.deepEqual(readText(text).accounts, { A: { users: [userOf(U)] } });
      assert.deepEqual(notesOf(text), ["NA3022 accounts.A.jetstream"]);
    });
  }

  it("should accept one connection type in place of a list", () => {
    const { accounts } = readText(
      `accounts { A { users: [ { nkey: ${U}, allowed_connection_types: standard }, { nkey: ${V}, clients: [Standard, MQTT] } ] } }`,
    );
    assert.deepEqual(accounts.A?.users, [
      { publicKey: U, connectionTypes: ["STANDARD"] },
      { publicKey: V, connectionTypes: ["STANDARD", "MQTT"] },
    ]);
  });

  it("should omit a user when the new servers have no listener for its connections", () => {
    const text = `accounts { A { users: [ { nkey: ${U}, clients: [WEBSOCKET, MQTT_WS] }, { nkey: ${V} } ] } }`;
    assert.deepEqual(readText(text).accounts.A?.users, [userOf(V)]);
    assert.deepEqual(notesOf(text), ["NA3049 accounts.A.users[0]"]);
  });

  it("should reject strings where nats-server accepts lists only", () => {
    const key = keyOf("account", "I");
    assert.deepEqual(problemsOf(`accounts { A { exports: [ { stream: x, accounts: B } ] }, B {} }`), [
      "NA3013 accounts.A.exports[0].accounts",
    ]);
    assert.deepEqual(
      problemsOf(
        `accounts { A { users: [ { nkey: ${U} } ] } }, authorization { auth_callout { issuer: ${key}, account: A, auth_users: ${U}, allowed_accounts: A } }`,
      ).filter((found) => found.startsWith("NA3013")),
      ["NA3013 authorization.auth_callout.allowed_accounts", "NA3013 authorization.auth_callout.auth_users"],
    );
  });

  it("should reject what a server refuses, by the path in the file", () => {
    const text = `
      system_account: NADA
      accounts {
        $G {}
        A {
          nkey: ${U}
          users: [
            { nkey: ${U} }, { nkey: ${U} }, { nkey: UBAD }, { nkey: ${V}, user: eve, password: s3cret }, { password: s3cret }
            { nkey: ${keyOf("user", "c")}, allowed_connection_types: [standard, foo] }
          ]
          exports: [ { stream: x, accounts: [A, NONE] } ]
          imports: [ { stream: { account: NOPE, subject: y } }, { service: { account: A } } ]
        }
        B { users: [ { nkey: ${U} } ] }
      }
      authorization { users: [ { nkey: ${V} } ] }`;
    assert.deepEqual(problemsOf(text), [
      "NA1302 accounts.A.users[2].nkey",
      "NA1303 accounts.A.nkey",
      "NA3014 accounts.A.imports[1].service",
      "NA3014 accounts.A.users[3].password",
      "NA3014 accounts.A.users[3].user",
      "NA3014 accounts.A.users[4]",
      "NA3014 accounts.A.users[5].allowed_connection_types",
      'NA3014 accounts["$G"]',
      "NA3061 accounts.A.users[1].nkey",
      "NA3061 accounts.B.users[0].nkey",
      "NA3061 authorization.users[0].nkey",
      "NA3062 accounts.A.exports[0].accounts[1]",
      "NA3062 accounts.A.imports[0].stream.account",
      "NA3062 system_account",
    ]);
  });

  it("should reject a configuration in operator mode, and name nothing else", () => {
    for (const [setting, text] of [
      ["operator", "operator: KO.jwt\nresolver: MEMORY\nresolver_preload: { A: x }\nport: 4222\naccounts: 5"],
      ["trusted_keys", "trusted_keys: [ O ]"],
      ["roots", "roots: KO.jwt"],
      ["resolver", "resolver: URL(http://localhost)"],
    ]) {
      assert.deepEqual(problemsOf(text ?? ""), [`NA3060 ${setting}`]);
    }
  });

  it("should name JetStream as a setting of the server, since accounts need storage", () => {
    const named = notesOf(
      `jetstream { store_dir: "/data", max_mem: 1G, max_file: 1G, domain: leaf, key: s3cret }
      authorization { users: [ { nkey: ${U} } ] }`,
    );
    assert.deepEqual(named, ["NA3023 jetstream", "NA3023 jetstream.domain", "NA3023 jetstream.key"]);
    assert.deepEqual(notesOf(`jetstream { store_dir: "/data" }\nauthorization { users: [ { nkey: ${U} } ] }`), [
      "NA3023 jetstream",
    ]);
  });

  describe("destinations with a weight of 0", () => {
    const mapped = (text: string) => `accounts { A { users: [ { nkey: ${U} } ], mappings { one: ${text} } } }`;

    it("should get no messages", () => {
      const text = mapped("[{ dest: v1, weight: 100% }, { dest: v2, weight: 0% }]");
      assert.deepEqual(readText(text).accounts.A?.mappings, { one: [{ subject: "v1" }] });
      assert.deepEqual(notesOf(text), ["NA3072 accounts.A.mappings.one[1]"]);
    });

    it("should leave no mapping when there is no other one", () => {
      const text = mapped("{ dest: two, weight: 0 }");
      assert.equal(readText(text).accounts.A?.mappings, undefined);
      assert.deepEqual(notesOf(text), ["NA3072 accounts.A.mappings.one[0]"]);
    });

    for (const text of [
      "[{ dest: one, weight: 0 }, { dest: two, weight: 50 }]",
      "[{ dest: two, weight: 0, cluster: c }, { dest: three, weight: 50 }]",
    ]) {
      it(`should be accepted where they drop or keep messages: ${text}`, () => {
        const at = "accounts.A.mappings.one[0]";
        assert.deepEqual(problemsOf(mapped(text)), [`NA3072 ${at}`]);
        assert.deepEqual(notesOf(mapped(text), { [at]: "Nobody uses it." }), [`NA3072 ${at}`]);
      });
    }
  });
});
