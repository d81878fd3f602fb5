/** Ids of all commands. Their arguments are told in plugins/later/described.ts. */

/** Show the sidebar. */
export const showPanel = 'tsm:show-panel';
export const refreshPanel = 'tsm:refresh-panel';
/** Open a table: {contents}, {file} or {product}. */
export const openTable = 'tsm:open-table';
/** Open what is selected in the file browser. */
export const openSelected = 'tsm:open-selected';
/** Choose a file and open it. */
export const openFile = 'tsm:open-file';
/** Open the page of a product: {product}, asked for if left out. */
export const openProduct = 'tsm:open-product';
/** Public redshift catalogues: the page of one, {entry}; all of them, if it is left out. */
export const publicCatalogues = 'tsm:public-catalogues';
/** Compare two tables or parts: {a, b}, each {contents}, {file} or {product}, with a condition. */
export const compare = 'tsm:compare';
/** Compare what is selected in the file browser. */
export const compareSelected = 'tsm:compare-selected';
export const newRecipe = 'tsm:new-recipe';
/** Make a table an input of a recipe: {contents}, {file}, {product}; {selected}: what is so in the file browser. */
export const addInput = 'tsm:add-input';
/** Write a decision about a measurement into the recipe that made its table. */
export const decide = 'tsm:decide';
export const runRecipe = 'tsm:run-recipe';
export const planRecipe = 'tsm:plan-recipe';
export const toggleText = 'tsm:toggle-text';
export const openJob = 'tsm:open-job';
export const stopJob = 'tsm:stop-job';
export const openFolder = 'tsm:open-folder';
/** A form for a process of the PZ Server: {pipeline, product, again}, each may be left out. */
export const newProcess = 'tsm:new-process';
/** The page of a process: {process}; all of them, if it is left out. */
export const openProcess = 'tsm:open-process';
/** Make a product of files: {contents} a file or a bundle's folder, or {file} on the server's disk. */
export const upload = 'tsm:upload';
/** Make a product of what is selected in the file browser. */
export const uploadSelected = 'tsm:upload-selected';
