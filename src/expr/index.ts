export * from './ast';
export { check, nearest, typeOf, type Schema } from './check';
export * from './columns';
export { compile, compileExpression, compileMask, schemaOf, type Columns, type RowTest } from './compile';
export { ExprError } from './error';
export { CHUNK, columnNumbers, compileNumbers, type INumbers } from './numbers';
export { FUNCTIONS, parse } from './parse';
export { PRESETS } from './presets';
export { nameText, toText, valueText } from './toText';
