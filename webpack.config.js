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
  const named = short.includes(read)
    ? short.replace(read, '["default", data.shareKey]').replaceAll('shareScope: "default", ', '')
    : short;
  return ranged(chosen(named));
}

/** What is asked only of packages that are strict or have a fallback goes where none is: the minimizer sees it. */
function chosen(text) {
  return /, (strictVersion|fallback): /.test(text)
    ? text
    : text
        .replace('if (data.strictVersion) strict = true;', '')
        .replace(/if \(data\.fallback\) \{[^}]*\}/, '');
}

/** Ranges as the entry would read them, where all are like ^4.6.4: it need not be able to read any. */
function ranged(text) {
  const said = /requiredVersion: "([^"]*)"/g;
  const plain = /^\^([1-9]\d*)\.(\d+)\.(\d+)(?:-([a-z]+)\.(\d+))?$/;
  const read = 'args.push(parseRange(data.requiredVersion))';
  if (!text.includes(read) || [...text.matchAll(said)].some(([, range]) => !plain.test(range))) {
    return text;
  }
  return text
    .replace(read, 'args.push(data.requiredVersion)')
    .replace(said, (_, range) => {
      const [, major, minor, patch, tag, number] = plain.exec(range);
      return `requiredVersion: [1,${major},${minor},${patch}${tag ? `,,"${tag}",${number}` : ''}]`;
    })
    .replace(
      /var rangeToString = [^]*?\n\}\n(?=var satisfy)/,
      'var rangeToString = range => "^" + range.slice(1).join(".");\n'
    )
    .replace(/\n[^\n]*\n\tvar stack = \[\];\n\tvar p = [^]*?return !!p\(\);/, '');
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
