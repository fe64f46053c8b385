import assert from "node:assert/strict";
import { templateProblem, type SubjectPermissions } from "../../../provider/model/access/permissions";
import {
  areAlwaysExpandable,
  expandTemplates,
  TemplateError,
  type TemplateValues,
} from "../../../provider/model/access/templates";

const USER: TemplateValues = {
  name: "bob",
  publicKey: "UBOB",
  tags: ["tenant:blue", "tenant:red", "dept:it"],
  account: { name: "shop", publicKey: "ASHOP", tags: ["region:eu"] },
};

function publish(subjects: SubjectPermissions, values: Partial<TemplateValues> = {}): SubjectPermissions | undefined {
  return expandTemplates({ publish: subjects }, { ...USER, ...values }).publish;
}

describe("templates in permissions", () => {
  for (const [subject, ...expanded] of [
    ["a.{{name()}}.>", "a.bob.>"],
    ["{{subject()}}", "UBOB"],
    ["{{account-name()}}.{{account-subject()}}", "shop.ASHOP"],
    ["{{account-tag(region)}}.x", "eu.x"],
    ["t.{{tag(tenant)}}", "t.blue", "t.red"],
    ["{{tag(tenant)}}.{{tag(dept)}}", "blue.it", "red.it"],
    ["{{name()}}.{{name()}}", "bob.bob"],
    ["{{TAG}", "{{TAG}"],
  ] as const) {
    it(`should expand ${subject} to ${expanded.join(" and ")}`, () => {
      assert.deepEqual([...new Set(publish({ allow: [subject] })?.allow)], expanded);
    });
  }

  it("should drop invalid allowed subjects, and allow nothing when none is left", () => {
    assert.deepEqual(publish({ allow: ["{{tag(none)}}.x", "y"] }), { allow: ["y"] });
    assert.deepEqual(publish({ allow: ["{{tag(none)}}.x"] }), { deny: [">"] });
    assert.deepEqual(publish({ allow: ["a.{{name()}}"], deny: ["b"] }, { name: "not one" }), { deny: ["b", ">"] });
  });

  it("should drop queue groups from a list with templates, as the server does", () => {
    const subscribe = { allow: ["work workers", "a.{{name()}}"] };
    assert.deepEqual(expandTemplates({ subscribe }, USER).subscribe, { allow: ["a.bob"] });
  });

  it("should be rejected when a denied subject cannot be expanded", () => {
    assert.throws(() => publish({ deny: ["{{tag(none)}}"] }), TemplateError);
    assert.throws(() => publish({ deny: ["a.{{name()}}"] }, { name: "not one" }), TemplateError);
  });

  it("should expand to 4,096 subjects at most", () => {
    const tags = Array.from({ length: 64 }, (_, index) => `t:${index}`);
    assert.equal(publish({ allow: ["{{tag(t)}}.{{tag(t)}}x"] }, { tags: tags.slice(0, 1) })?.allow?.length, 1);
    assert.equal(
      publish({ allow: ["{{tag(t)}}.{{account-tag(t)}}"] }, { tags, account: { ...USER.account, tags } })?.allow
        ?.length,
      4096,
    );
    const more = { tags: [...tags, "t:64"], account: { ...USER.account, tags } };
    assert.throws(() => publish({ allow: ["{{tag(t)}}.{{account-tag(t)}}"] }, more), TemplateError);
  });

  it("should be known to expand for every user with few tags, or not", () => {
    const isAlways = (subscribe: SubjectPermissions, tags: number) => areAlwaysExpandable({ subscribe }, tags);
    assert.ok(isAlways({ allow: ["{{tag(a)}}.{{tag(b)}}.{{name()}}"], deny: ["a"] }, 64));
    assert.ok(!isAlways({ allow: ["{{tag(a)}}.{{account-tag(b)}}"] }, 65));
    assert.ok(!isAlways({ allow: ["{{tag(a)}}.{{tag(b)}}", "{{name()}}"] }, 64));
    assert.ok(!isAlways({ deny: ["{{name()}}"] }, 1));
    assert.ok(!isAlways({ allow: ["{{unknown()}}"] }, 1));
  });

  it("should stay the same object without templates, which all users of a role share", () => {
    const subjects = { allow: ["a"], deny: ["b"] };
    assert.equal(publish(subjects), subjects);
    assert.deepEqual(publish({ allow: [], deny: ["b"] }), { deny: ["b"] });
  });

  it("should be rejected when a template is unknown", () => {
    for (const subject of ["{{nam()}}", "{{name}}", "{{tag()}}", "{{ name() }}", "{{TAG(x)}}"]) {
      assert.notEqual(templateProblem(`a.${subject}`), undefined, subject);
    }
    for (const subject of ["a.{{name()}}", "{{tag(a)}}.{{account-tag(b)}}", "plain", "{{}}", "{x}"]) {
      assert.equal(templateProblem(subject), undefined, subject);
    }
  });
});
