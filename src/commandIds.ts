/** Ids of all commands. Their arguments are described where each command is registered. */
export const CommandIds = {
  /** Show the sidebar. */
  showPanel: 'tsm:show-panel',
  refreshPanel: 'tsm:refresh-panel',
  /** Open a table: {contents}, {file} or {product}. */
  openTable: 'tsm:open-table',
  /** Open what is selected in the file browser. */
  openSelected: 'tsm:open-selected',
  /** Choose a file and open it. */
  openFile: 'tsm:open-file',
  newRecipe: 'tsm:new-recipe',
  addInput: 'tsm:add-input',
  runRecipe: 'tsm:run-recipe',
  planRecipe: 'tsm:plan-recipe',
  toggleText: 'tsm:toggle-text',
  openJob: 'tsm:open-job',
  stopJob: 'tsm:stop-job',
  openFolder: 'tsm:open-folder'
} as const;
