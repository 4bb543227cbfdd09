"""PostgreSQL itself: started, shared, stopped and recovered here, divided into roles, and checked before it is used.

`opening.open_database` is the door; `guard` refuses a database whose application role could pass row-level security.
"""
