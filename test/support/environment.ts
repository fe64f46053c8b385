/**
 * Restores the environment variables of this process. They are changed in place: functions of Node.js such as `os.tmpdir`
 * read the process's own environment, not an object that replaced `process.env`.
 */
export function restoreEnvironment(before: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) {
    if (!(name in before)) Reflect.deleteProperty(process.env, name);
  }
  Object.assign(process.env, before);
}

/** Runs something with environment variables set, and restores them as soon as it returns. */
export function withEnvironment<T>(variables: Readonly<Record<string, string>>, use: () => T): T {
  const before = { ...process.env };
  try {
    Object.assign(process.env, variables);
    return use();
  } finally {
    restoreEnvironment(before);
  }
}
