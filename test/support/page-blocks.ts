/** A block of code on a Markdown page. */
export interface Block {
  /** The number of its first fence, from 0. */
  readonly begin: number;
  readonly lines: readonly string[];
}

/** Returns the blocks of a language on a page. @param page its text */
export function readBlocks(page: string, language: string): Block[] {
  const found = page.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, "gm"));
  return [...found].map(({ index, 2: text = "" }) => ({
    begin: page.slice(0, index).split("\n").length - 1,
    lines: text.split("\n").slice(0, -1),
  }));
}
