"""The pages, a module for each word of the glossary that has one."""
