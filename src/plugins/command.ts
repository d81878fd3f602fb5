import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

/** Registers commands; what their arguments are is told when somebody asks. */
export function commandsOf({ commands }: JupyterFrontEnd, trans: TranslationBundle) {
  return (id: string, options: CommandRegistry.ICommandOptions): unknown =>
    commands.addCommand(id, {
      describedBy: async () => (await import('./later/described')).described(id, trans),
      ...options
    });
}
