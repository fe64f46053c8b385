import assert from "node:assert/strict";
import { renderStaticAuthorization } from "../../../provider/config/static";
import { withNamesAsKeys, withTemplates } from "../../../provider/model/account/names-as-keys";

describe("an account with names in place of keys", () => {
  it("should show what a role allows the users of each set, with all templates in place", () => {
    const permissions = {
      publish: { allow: ["{{tag(site)}}.{{name()}}.>"], deny: ["{{subject()}}.{{account-name()}}"] },
      subscribe: { allow: ["commands.{{name()}}"] },
    };
    const sets = { devices: { role: "device", count: 2 }, meters: { role: "device", count: 1 } };
    const account = withNamesAsKeys({ name: "A", users: {}, roles: { device: { permissions } }, sets });
    const { text } = renderStaticAuthorization({ operator: "KO", systemAccount: "SYS", accounts: [account] });
    const shown = withTemplates(text);
    for (const set of ["devices", "meters"]) {
      assert.match(shown, new RegExp(`# ${set}/{{name\\(\\)}}`));
    }
    for (const subject of ["{{tag(site)}}.{{name()}}.>", "{{subject()}}.{{account-name()}}", "commands.{{name()}}"]) {
      assert.equal(shown.split(`"${subject}"`).length, 3, `${subject} in\n${shown}`);
    }
  });
});
