import { ExprError } from './error';

export type TokenKind = 'number' | 'text' | 'name' | 'quoted' | 'keyword' | 'symbol' | 'end';

export interface IToken {
  readonly kind: TokenKind;
  /** Keywords in upper case; texts and quoted names without their quotes. */
  readonly text: string;
  readonly at: number;
}

const KEYWORDS = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'LIKE', 'IS', 'NULL', 'TRUE', 'FALSE']);
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SYMBOL = /<=|>=|<>|!=|[=<>+\-*/(),]/y;

/** Whether a word has a meaning of its own, so that a column of this name must be written in double quotes. */
export function isKeyword(word: string): boolean {
  return KEYWORDS.has(word.toUpperCase());
}

export function tokenise(text: string): IToken[] {
  const tokens: IToken[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  while (at < text.length) {
    const char = text[at];
    if (/\s/.test(char)) {
      at += 1;
      continue;
    }
    if (char === "'" || char === '"') {
      const [value, end] = quoted(text, at, char);
      if (char === '"' && value === '') {
        throw new ExprError('A name in double quotes is empty.', at);
      }
      tokens.push({ kind: char === "'" ? 'text' : 'quoted', text: value, at });
      at = end;
      continue;
    }
    const number = match(NUMBER);
    if (number !== null) {
      const next = text[at + number.length] ?? '';
      if (/[A-Za-z0-9_.]/.test(next)) {
        throw new ExprError(
          `'${number}${next}' is not a number.`,
          at,
          'A column whose name starts with a digit is written in double quotes.'
        );
      }
      tokens.push({ kind: 'number', text: number, at });
      at += number.length;
      continue;
    }
    const name = match(NAME);
    if (name !== null) {
      const keyword = isKeyword(name);
      tokens.push({ kind: keyword ? 'keyword' : 'name', text: keyword ? name.toUpperCase() : name, at });
      at += name.length;
      continue;
    }
    const symbol = match(SYMBOL);
    if (symbol === null) {
      throw new ExprError(
        `'${char}' has no meaning here.`,
        at,
        'Names with other characters than letters, digits and _ are written in double quotes.'
      );
    }
    tokens.push({ kind: 'symbol', text: symbol === '!=' ? '<>' : symbol, at });
    at += symbol.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** A quoted piece starting at `at`: its content (doubled quotes undone) and the offset after it. */
function quoted(text: string, at: number, quote: string): [string, number] {
  let value = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] !== quote) {
      value += text[i];
    } else if (text[i + 1] === quote) {
      value += quote;
      i += 1;
    } else {
      return [value, i + 1];
    }
  }
  throw new ExprError(quote === "'" ? 'A text has no closing quote.' : 'A name has no closing quote.', at);
}
