import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: [
      '**/node_modules/',
      'lib/',
      'dist/',
      '.venv/',
      '.cache/',
      '.tsm/',
      'coverage/',
      'pz_tsm/labextension/',
      'src/**/generated/',
      'ui-tests/results/',
      'ui-tests/report/'
    ]
  },
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: globals.node }
  },
  {
    files: ['style/*.js'],
    languageOptions: { globals: globals.browser }
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...ts.configs.recommended],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-namespace': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none', ignoreRestSiblings: true }],
      curly: ['error', 'all'],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'prefer-const': 'error'
    }
  },
  {
    files: ['src/**/*.tsx'],
    plugins: { 'react-hooks': hooks },
    rules: hooks.configs.recommended.rules
  },
  {
    files: ['**/__tests__/**', 'ui-tests/**'],
    rules: { 'no-console': 'off' }
  },
  prettier
);
