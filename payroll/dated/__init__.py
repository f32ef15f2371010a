"""Values that payroll keeps in dated rows beside the person, such as pay."""
