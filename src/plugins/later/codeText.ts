/** A text editor in step with a recipe's text. */
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';

import type { ITextHolder } from '../../recipe/model';
import type { ITextEditor } from '../../widgets/surroundings';

export function codeEditor({ factoryService }: IEditorServices, holder: ITextHolder): ITextEditor {
  const element = document.createElement('div');
  element.className = 'tsm-RecipeDocument-text jp-Editor';
  const model = new CodeEditor.Model({ mimeType: 'text/x-yaml' });
  model.sharedModel.setSource(holder.text);
  const editor = factoryService.newDocumentEditor({
    host: element,
    model,
    config: { lineNumbers: true, lineWrap: true }
  });
  const write = () => (holder.text = model.sharedModel.getSource());
  const take = () => {
    if (model.sharedModel.getSource() !== holder.text) {
      model.sharedModel.setSource(holder.text);
    }
  };
  model.sharedModel.changed.connect(write);
  holder.changed.connect(take);
  return {
    element,
    dispose: () => {
      holder.changed.disconnect(take);
      model.sharedModel.changed.disconnect(write);
      editor.dispose();
      model.dispose();
    }
  };
}
