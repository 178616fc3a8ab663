"""The mathematics behind the analyses, without a company: each model beside its published figures."""
