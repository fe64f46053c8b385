import { which } from "../lib/path";
import { reason, say } from "../lib/terminal";
import { installChromium } from "./apt";

/** The names under which systems have Chromium, the smallest one first. */
const NAMES = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const find = (): string | undefined => NAMES.map((name) => which(name)).find((path) => path !== undefined);

/**
 * Returns the Chromium with which tests open pages: the one on PATH, else that of Debian, which is installed. @returns its path; undefined
 * where it cannot be had
 */
export async function chromium(): Promise<string | undefined> {
  const present = find();
  if (present !== undefined) return present;
  try {
    await installChromium();
    return find();
  } catch (error) {
    say(`Tests in a browser are skipped, because Chromium is not available: ${reason(error)}`);
    return undefined;
  }
}
