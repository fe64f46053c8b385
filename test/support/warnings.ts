/** Collects the warnings that programs log in the tests of the calling describe block. Each test begins with none. */
export function collectWarnings(): string[] {
  const { warn } = console;
  const warnings: string[] = [];

  beforeEach(() => {
    warnings.length = 0;
    console.warn = (text: string) => warnings.push(text);
  });

  afterEach(() => {
    console.warn = warn;
  });

  return warnings;
}
