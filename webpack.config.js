// Added to the builder's own configuration, so that little is loaded with each page of JupyterLab: see
// scripts/check_start.py.
const { SwcJsMinimizerRspackPlugin } = require('@rspack/core');

/** The entry says everything about each shared package: what is false, or the same for all, need not be said. */
class ShortList {
  apply(compiler) {
    compiler.hooks.compilation.tap('ShortList', compilation => {
      compilation.hooks.runtimeModule.tap('ShortList', module => {
        if (module.name === 'consumes_loading') {
          module.source.source = Buffer.from(shortened(module.source.source.toString()));
        }
      });
    });
  }
}

function shortened(text) {
  const unsaid = ['import', 'strictVersion', 'singleton', 'eager', 'fallback', 'treeShakingMode'];
  const short = text.replace(new RegExp(`, (${unsaid.join('|')}): (false|null|undefined)`, 'g'), '');
  const read = '[data.shareScope, data.shareKey]';
  return short.includes(read)
    ? short.replace(read, '["default", data.shareKey]').replaceAll('shareScope: "default", ', '')
    : short;
}

module.exports = {
  output: {
    // One hash for all chunks: else the entry would hold two for each of them.
    chunkFilename: '[name].[fullhash].js?v=[fullhash]'
  },
  optimization: {
    minimizer: [
      // The entry's functions are never called with `new`: they can be arrow functions.
      new SwcJsMinimizerRspackPlugin({
        test: /remoteEntry/,
        minimizerOptions: { ecma: 2022, compress: { unsafe_arrows: true, ecma: 2022 } }
      }),
      new SwcJsMinimizerRspackPlugin({ exclude: /remoteEntry/, minimizerOptions: { ecma: 2022 } })
    ]
  },
  plugins: [new ShortList()]
};
