import type { ComparisonOp, Expr } from './ast';
import { ExprError } from './error';
import { PRESETS } from './presets';
import { tokenise, type IToken } from './tokenise';

/** Functions of the language: the least and the most arguments of each. */
export const FUNCTIONS: { readonly [name: string]: readonly [number, number] } = {
  ABS: [1, 1],
  LOG10: [1, 1],
  FLOOR: [1, 1],
  MOD: [2, 2],
  ROUND: [1, 2],
  DIGIT: [1, 1],
  UPPER: [1, 1]
};

const COMPARISONS = new Set(['=', '<>', '<', '<=', '>', '>=']);
/** Nesting of parentheses, NOTs, signs and calls; terms joined one after another. */
const DEEPEST = 30;
const LONGEST = 200;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Parse a condition or a numeric expression.
 *
 * @throws ExprError with the offset of what could not be read.
 */
export function parse(text: string, presets: { readonly [name: string]: string } = PRESETS): Expr {
  return new Parser(text, presets).whole();
}

class Parser {
  constructor(text: string, presets: { readonly [name: string]: string }) {
    this._tokens = tokenise(text);
    this._presets = presets;
  }

  whole(): Expr {
    if (this._next.kind === 'end') {
      throw new ExprError('The condition is empty.', 0);
    }
    const expr = this.or();
    if (this._index < this._tokens.length - 1) {
      throw this.unexpected('AND, OR or the end');
    }
    return expr;
  }

  /** Terms joined by one kind of sign, grouped from the left. */
  private chain(
    part: () => Expr,
    join: (left: Expr, right: Expr, token: IToken) => Expr,
    ...signs: string[]
  ): Expr {
    let left = part();
    for (let length = 2; ; length++) {
      const token = this._next;
      if (!signs.some(sign => this.keyword(sign) || this.symbol(sign))) {
        return left;
      }
      if (length > LONGEST) {
        throw new ExprError(
          `There are more than ${LONGEST} terms in a row.`,
          token.at,
          'A list is shorter: IN (...).'
        );
      }
      left = join(left, part(), token);
    }
  }

  private or(): Expr {
    return this.chain(
      () => this.and(),
      (left, right, { at }) => ({ kind: 'or', left, right, at }),
      'OR'
    );
  }

  private and(): Expr {
    return this.chain(
      () => this.not(),
      (left, right, { at }) => ({ kind: 'and', left, right, at }),
      'AND'
    );
  }

  private not(): Expr {
    const at = this._next.at;
    if (this.keyword('NOT')) {
      return this.deeper(() => ({ kind: 'not', operand: this.not(), at }));
    }
    return this.predicate();
  }

  private predicate(): Expr {
    const left = this.sum();
    const { text, kind, at } = this._next;
    if (kind === 'symbol' && COMPARISONS.has(text)) {
      this._index += 1;
      return { kind: 'comparison', op: text as ComparisonOp, left, right: this.sum(), at };
    }
    if (this.keyword('IS')) {
      const negated = this.keyword('NOT');
      this.need('NULL');
      return { kind: 'isnull', operand: left, negated, at };
    }
    const negated = this.keyword('NOT');
    if (this.keyword('BETWEEN')) {
      const low = this.sum();
      this.need('AND');
      return { kind: 'between', operand: left, low, high: this.sum(), negated, at };
    }
    if (this.keyword('IN')) {
      return { kind: 'in', operand: left, items: this.list(), negated, at };
    }
    if (this.keyword('LIKE')) {
      const { kind: next, text: pattern } = this._next;
      if (next !== 'text') {
        throw this.unexpected('a text in single quotes after LIKE');
      }
      this._index += 1;
      return { kind: 'like', operand: left, pattern, negated, at };
    }
    if (negated) {
      throw this.unexpected('BETWEEN, IN or LIKE after NOT');
    }
    return left;
  }

  private list(): Expr[] {
    this.need('(');
    const items = [this.sum()];
    while (this.symbol(',')) {
      items.push(this.sum());
    }
    this.need(')');
    return items;
  }

  private sum(): Expr {
    return this.chain(
      () => this.product(),
      (left, right, { text, at }) => ({ kind: 'arithmetic', op: text as '+' | '-', left, right, at }),
      '+',
      '-'
    );
  }

  private product(): Expr {
    return this.chain(
      () => this.unary(),
      (left, right, { text, at }) => ({ kind: 'arithmetic', op: text as '*' | '/', left, right, at }),
      '*',
      '/'
    );
  }

  private unary(): Expr {
    const at = this._next.at;
    if (this.symbol('-')) {
      // the sign belongs to the number, so that the smallest int64 can be written
      return this._next.kind === 'number'
        ? this.number(true)
        : this.deeper(() => ({ kind: 'negate', operand: this.unary(), at }));
    }
    if (this.symbol('+')) {
      return this.deeper(() => this.unary());
    }
    return this.primary();
  }

  private primary(): Expr {
    const token = this._next;
    const { at, text } = token;
    switch (token.kind) {
      case 'number':
        return this.number(false);
      case 'text':
        this._index += 1;
        return { kind: 'literal', value: text, at };
      case 'quoted':
        this._index += 1;
        return { kind: 'column', name: text, quoted: true, at };
      case 'name':
        this._index += 1;
        return this._next.text === '(' && this._next.kind === 'symbol' ? this.call(token) : this.name(token);
      case 'keyword':
        if (text === 'TRUE' || text === 'FALSE' || text === 'NULL') {
          this._index += 1;
          return { kind: 'literal', value: text === 'NULL' ? null : text === 'TRUE', at };
        }
        break;
      case 'symbol':
        if (this.symbol('(')) {
          return this.deeper(() => {
            const inner = this.or();
            this.need(')');
            return inner;
          });
        }
    }
    throw this.unexpected('a column, a value or (');
  }

  private number(negative: boolean): Expr {
    const { text, at } = this._next;
    this._index += 1;
    if (!/^\d+$/.test(text)) {
      const value = negative ? -Number(text) : Number(text);
      if (!Number.isFinite(value)) {
        throw new ExprError(`${text} is too large a number.`, at);
      }
      return { kind: 'literal', value, at };
    }
    const value = negative ? -BigInt(text) : BigInt(text);
    if (value < INT64_MIN || value > INT64_MAX) {
      throw new ExprError(`${text} is beyond a 64-bit integer.`, at);
    }
    return { kind: 'literal', value, at };
  }

  private name(token: IToken): Expr {
    const preset = Object.hasOwn(this._presets, token.text) ? this._presets[token.text] : null;
    if (preset !== null) {
      return { kind: 'preset', name: token.text, body: parse(preset, {}), at: token.at };
    }
    return { kind: 'column', name: token.text, quoted: false, at: token.at };
  }

  private call(token: IToken): Expr {
    const name = token.text.toUpperCase();
    if (!Object.hasOwn(FUNCTIONS, name)) {
      throw new ExprError(
        `There is no function ${token.text}.`,
        token.at,
        `The functions are ${Object.keys(FUNCTIONS).join(', ')}.`
      );
    }
    const args = this.deeper(() => this.list());
    const [least, most] = FUNCTIONS[name];
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : `${least} or ${most}`;
      throw new ExprError(
        `${name} takes ${wanted} value${most === 1 ? '' : 's'}, not ${args.length}.`,
        token.at
      );
    }
    return { kind: 'call', name, args, at: token.at };
  }

  /** Go one level down; a limit keeps a hostile text from exhausting the stack. */
  private deeper<T>(read: () => T): T {
    if (++this._depth > DEEPEST) {
      throw new ExprError('The condition is nested too deeply.', this._next.at);
    }
    const result = read();
    this._depth -= 1;
    return result;
  }

  private keyword(word: string): boolean {
    return this.take('keyword', word);
  }

  private symbol(text: string): boolean {
    return this.take('symbol', text);
  }

  private take(kind: string, text: string): boolean {
    if (this._next.kind === kind && this._next.text === text) {
      this._index += 1;
      return true;
    }
    return false;
  }

  private need(text: string): void {
    if (!this.keyword(text) && !this.symbol(text)) {
      throw this.unexpected(text);
    }
  }

  private unexpected(expected: string): ExprError {
    const { kind, text, at } = this._next;
    const found = kind === 'end' ? 'the condition ends' : `there is '${text}'`;
    return new ExprError(`Expected ${expected}, but ${found}.`, at);
  }

  private get _next(): IToken {
    return this._tokens[this._index];
  }

  private readonly _tokens: IToken[];
  private readonly _presets: { readonly [name: string]: string };
  private _index = 0;
  private _depth = 0;
}
