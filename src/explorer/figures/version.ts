declare function require(path: string): unknown;

/** The package's own version, from its one home. */
export const VERSION = (require('../../../package.json') as { version: string }).version;
