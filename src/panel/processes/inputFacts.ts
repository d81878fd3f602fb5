/** What is known of the products that go into a process: their columns, and how their main file is called. */
import type { IProduct, PzService } from '../../api';
import type { IInput } from './check';

type IInputBackend = Pick<PzService, 'product' | 'columns' | 'files'>;

export class InputFacts {
  constructor(
    private readonly _backend: IInputBackend,
    /** A product that is known already. */
    private readonly _known: (id: number) => IProduct | null,
    private readonly _told: () => void
  ) {}

  of(id: number): IInput {
    return this._facts.get(id) ?? unknown(id);
  }

  /** Ask for what is not known yet, or could not be asked before. */
  async learn(ids: readonly number[]): Promise<void> {
    const fresh = ids.filter(id => this._facts.get(id)?.trouble !== null);
    await Promise.all(fresh.map(id => this._ask(id)));
  }

  private async _ask(id: number): Promise<void> {
    const { _backend: backend } = this;
    let input: IInput = { ...unknown(id), product: this._known(id) };
    this._facts.set(id, input);
    try {
      const product = input.product ?? (await backend.product(id));
      input = { ...input, product };
      const [columns, files] = await Promise.all([backend.columns(id), backend.files(id)]);
      const file = files.find(one => one.role === 0)?.name ?? null;
      input = { ...input, columns, file, loading: false };
    } catch (error) {
      input = { ...input, loading: false, trouble: (error as Error).message };
    }
    this._facts.set(id, input);
    this._told();
  }

  private readonly _facts = new Map<number, IInput>();
}

function unknown(id: number): IInput {
  return { id, product: null, columns: null, file: null, loading: true, trouble: null };
}
