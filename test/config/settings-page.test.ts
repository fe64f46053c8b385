import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isExtraOption, REJECTED_OPTIONS, RELOADED_OPTIONS, settingForOption } from "../../provider/config/extra";
import { APPLIED } from "../../provider/config/server-settings";
import { SETTING_NAMES } from "../../provider/model/cluster/server-settings";

const PAGE = readFileSync(join(__dirname, "../../docs/settings.md"), "utf8");

describe("the page about settings", () => {
  const rows = PAGE.split("\n").flatMap((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    return /^`\w+`$/.test(cells[1] ?? "") && cells.length === 7 ? [cells] : [];
  });

  it("should list every setting in the order of the code, with how a change is applied", () => {
    assert.deepEqual(
      rows.map(([, name, , , , applied]) => [name, applied]),
      SETTING_NAMES.map((name) => [`\`${name}\``, name === "extra" ? "by each option" : APPLIED[name]]),
    );
  });

  it("should list the option of each setting, which `extra` therefore rejects", () => {
    for (const [, name, options = ""] of rows.filter((row) => row[1] !== "`extra`")) {
      for (const [, option = ""] of options.matchAll(/`(\w+)`/g)) {
        assert.equal(`\`${settingForOption(option)}\``, name, option);
        assert.ok(REJECTED_OPTIONS.includes(option) && !isExtraOption(option));
      }
    }
  });

  it("should list the options that are reloaded", () => {
    const [, options = ""] = /^\| (`client_advertise`.*?) *\| reloaded/m.exec(PAGE) ?? [];
    assert.deepEqual(
      [...options.matchAll(/`(\w+)`/g)].map(([, option]) => option).sort(),
      [...RELOADED_OPTIONS].sort(),
    );
  });
});
