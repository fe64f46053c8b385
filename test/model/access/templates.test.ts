import assert from "node:assert/strict";
import type { SubjectPermissions } from "../../../provider/model/access/permissions";
import { filledIn, Unfillable, type Filling } from "../../../provider/model/access/templates";
import { templateProblem } from "../../../provider/model/access/template-syntax";

const WHO: Filling = {
  name: "bob",
  publicKey: "UBOB",
  tags: ["tenant:blue", "tenant:red", "dept:it"],
  account: { name: "shop", publicKey: "ASHOP", tags: ["region:eu"] },
};

function publish(subjects: SubjectPermissions, who: Partial<Filling> = {}): SubjectPermissions | undefined {
  return filledIn({ publish: subjects }, { ...WHO, ...who }).publish;
}

describe("templates in permissions", () => {
  for (const [subject, ...filled] of [
    ["a.{{name()}}.>", "a.bob.>"],
    ["{{subject()}}", "UBOB"],
    ["{{account-name()}}.{{account-subject()}}", "shop.ASHOP"],
    ["{{account-tag(region)}}.x", "eu.x"],
    ["t.{{tag(tenant)}}", "t.blue", "t.red"],
    ["{{tag(tenant)}}.{{tag(dept)}}", "blue.it", "red.it"],
    ["{{name()}}.{{name()}}", "bob.bob"],
    ["{{TAG}", "{{TAG}"],
  ] as const) {
    it(`should make ${filled.join(" and ")} of ${subject}`, () => {
      assert.deepEqual([...new Set(publish({ allow: [subject] })?.allow)], filled);
    });
  }

  it("should leave out what is no subject, and allow nothing when nothing is left", () => {
    assert.deepEqual(publish({ allow: ["{{tag(none)}}.x", "y"] }), { allow: ["y"] });
    assert.deepEqual(publish({ allow: ["{{tag(none)}}.x"] }), { deny: [">"] });
    assert.deepEqual(publish({ allow: ["a.{{name()}}"], deny: ["b"] }, { name: "not one" }), { deny: ["b", ">"] });
  });

  it("should leave queue groups out of a list with templates, as the server does", () => {
    const subscribe = { allow: ["work workers", "a.{{name()}}"] };
    assert.deepEqual(filledIn({ subscribe }, WHO).subscribe, { allow: ["a.bob"] });
  });

  it("should let nobody in whose denied subjects cannot be filled in", () => {
    assert.throws(() => publish({ deny: ["{{tag(none)}}"] }), Unfillable);
    assert.throws(() => publish({ deny: ["a.{{name()}}"] }, { name: "not one" }), Unfillable);
  });

  it("should fill in 4,096 subjects and no more", () => {
    const tags = Array.from({ length: 64 }, (_, index) => `t:${index}`);
    assert.equal(publish({ allow: ["{{tag(t)}}.{{tag(t)}}x"] }, { tags: tags.slice(0, 1) })?.allow?.length, 1);
    assert.equal(
      publish({ allow: ["{{tag(t)}}.{{account-tag(t)}}"] }, { tags, account: { ...WHO.account, tags } })?.allow?.length,
      4096,
    );
    const more = { tags: [...tags, "t:64"], account: { ...WHO.account, tags } };
    assert.throws(() => publish({ allow: ["{{tag(t)}}.{{account-tag(t)}}"] }, more), /more than 4096 subjects/);
  });

  it("should say which template means nothing", () => {
    for (const subject of ["{{nam()}}", "{{name}}", "{{tag()}}", "{{ name() }}", "{{TAG(x)}}"]) {
      assert.match(templateProblem(`a.${subject}`) ?? "", /means nothing/, subject);
    }
    for (const subject of ["a.{{name()}}", "{{tag(a)}}.{{account-tag(b)}}", "plain", "{{}}", "{x}"]) {
      assert.equal(templateProblem(subject), undefined, subject);
    }
  });
});
